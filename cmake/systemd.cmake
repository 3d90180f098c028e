# The service, once by itself and once as a template, whose instances have a configuration each.
set(GOTRACED_CONFIG_DIR /etc/gotraced CACHE PATH "Where the service's configurations are")

function(systemd_unit UNIT NAME OF_INSTANCE)
  set(CONFIG ${GOTRACED_CONFIG_DIR}/${NAME}.conf)
  configure_file(systemd/gotraced.service.in ${UNIT}.service @ONLY)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/${UNIT}.service DESTINATION lib/systemd/system)
endfunction()

systemd_unit(gotraced gotraced "")
systemd_unit(gotraced@ %i " (%i)")
install(FILES systemd/example.conf systemd/perf-events.conf systemd/grafana-dashboard.json systemd/prometheus-rules.yml
  DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY DESTINATION ${GOTRACED_CONFIG_DIR})
