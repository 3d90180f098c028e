# bpf_skeleton(TARGET SOURCE): compiles a .bpf.c (a path from the project's top) into an object and that into NAME.skel.h, the header by which libbpf
# loads it; linking to TARGET makes the header known. The depfile has it remade when a header changes.
find_program(BPF_CLANG clang REQUIRED)
# Ubuntu's own /usr/sbin/bpftool works only under the kernel that it belongs to; the real ones lie here.
file(GLOB BPFTOOL_FOLDERS /usr/lib/linux-tools/*)
find_program(BPFTOOL bpftool REQUIRED HINTS ${BPFTOOL_FOLDERS} PATHS /usr/sbin /sbin)

function(bpf_skeleton target source)
  get_filename_component(name ${source} NAME)
  string(REPLACE ".bpf.c" "" name ${name})
  set(object ${PROJECT_BINARY_DIR}/${name}.bpf.o)
  set(header ${PROJECT_BINARY_DIR}/skeletons/${name}.skel.h)

  add_custom_command(
    OUTPUT ${object}
    COMMAND ${BPF_CLANG} -target bpf -mcpu=v3 -g -O2 -Wall -Wextra -Wshadow
            -I${PROJECT_SOURCE_DIR}/vmlinux -I${PROJECT_SOURCE_DIR}/include
            -I${libbpf_INCLUDEDIR} -MD -MF ${object}.d -MT ${object}
            -c ${PROJECT_SOURCE_DIR}/${source} -o ${object}
    DEPENDS ${PROJECT_SOURCE_DIR}/${source}
    DEPFILE ${object}.d
    COMMENT "Compiling ${source}"
    VERBATIM
  )
  add_custom_command(
    OUTPUT ${header}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/skeletons
    COMMAND sh -c "\"$1\" gen skeleton \"$2\" name ${name} > \"$3\"" -- ${BPFTOOL} ${object} ${header}
    DEPENDS ${object}
    COMMENT "Generating ${name}.skel.h"
    VERBATIM
  )
  add_custom_target(${target}_header DEPENDS ${header})
  add_library(${target} INTERFACE)
  # As system headers: warnings in generated code are not ours.
  target_include_directories(${target} SYSTEM INTERFACE ${PROJECT_BINARY_DIR}/skeletons)
  add_dependencies(${target} ${target}_header)
endfunction()
