# The service, once by itself and once as a template, whose instances have a configuration each.
set(GOTRACED_CONFIG_DIR /etc/gotraced CACHE PATH "Where the service's configurations are")

# A unit names the program by the prefix that it is installed below, which may be another one than was configured: that
# of the package is /usr.
function(systemd_unit UNIT NAME OF_INSTANCE)
  set(CONFIG ${GOTRACED_CONFIG_DIR}/${NAME}.conf)
  configure_file(systemd/gotraced.service.in ${UNIT}.service @ONLY)
  install(CODE "
    set(UNIT \"${UNIT}\")
    set(CONFIG \"${CONFIG}\")
    set(OF_INSTANCE \"${OF_INSTANCE}\")
    set(CMAKE_INSTALL_FULL_BINDIR \"${CMAKE_INSTALL_BINDIR}\")
    cmake_path(ABSOLUTE_PATH CMAKE_INSTALL_FULL_BINDIR BASE_DIRECTORY \"\${CMAKE_INSTALL_PREFIX}\")
    set(MADE \"${CMAKE_CURRENT_BINARY_DIR}/installed/${UNIT}.service\")
    configure_file(\"${CMAKE_CURRENT_SOURCE_DIR}/systemd/gotraced.service.in\" \"\${MADE}\" @ONLY)
    file(INSTALL \"\${MADE}\" DESTINATION \"\${CMAKE_INSTALL_PREFIX}/lib/systemd/system\")
  ")
endfunction()

systemd_unit(gotraced gotraced "")
systemd_unit(gotraced@ %i " (%i)")
install(FILES systemd/example.conf systemd/perf-events.conf systemd/grafana-dashboard.json systemd/prometheus-rules.yml
  DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY DESTINATION ${GOTRACED_CONFIG_DIR})
