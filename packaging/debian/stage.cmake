# Makes of what is installed what Debian's policy wants, before CPack packs it.
set(USR ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/usr)
set(DOC ${USR}/share/doc/gotraced)

file(COPY ${CMAKE_CURRENT_LIST_DIR}/copyright ${CMAKE_CURRENT_LIST_DIR}/changelog DESTINATION ${DOC}
  FILE_PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
execute_process(COMMAND gzip -9nf ${DOC}/changelog ${USR}/share/man/man1/gotraced.1 COMMAND_ERROR_IS_FATAL ANY)
# Debian's zsh looks for completions of packages there.
file(MAKE_DIRECTORY ${USR}/share/zsh/vendor-completions)
file(RENAME ${USR}/share/zsh/site-functions/_gotraced ${USR}/share/zsh/vendor-completions/_gotraced)
file(REMOVE_RECURSE ${USR}/share/zsh/site-functions)
