# What `cmake --install` puts where, the files that the program writes about itself, and the
# Debian package.

set(SHARE ${CMAKE_INSTALL_DATADIR}/meterpost)
install(DIRECTORY conf/ DESTINATION ${SHARE}/conf)
install(DIRECTORY templates/ DESTINATION ${SHARE}/templates)
install(DIRECTORY doc/ DESTINATION ${CMAKE_INSTALL_DOCDIR} PATTERN man EXCLUDE)
install(FILES package/meterpost-network.conf package/meterpost-power.conf
        DESTINATION ${CMAKE_INSTALL_DOCDIR})

# Manual pages and completion come out of the table of commands.
set(WRITTEN ${CMAKE_BINARY_DIR}/written)
file(MAKE_DIRECTORY ${WRITTEN})
function(written file)
  add_custom_command(OUTPUT ${WRITTEN}/${file} DEPENDS meterpost ${CMAKE_SOURCE_DIR}/conf/meterpost.yaml
    COMMAND ${CMAKE_COMMAND} -E env METERPOST_SHARE=${CMAKE_SOURCE_DIR} ASAN_OPTIONS=detect_leaks=0
            $<TARGET_FILE:meterpost> ${ARGN} > ${WRITTEN}/${file})
  set(WRITTEN_FILES ${WRITTEN_FILES} ${WRITTEN}/${file} PARENT_SCOPE)
endfunction()
set(WRITTEN_FILES "")
written(meterpost.1 manual commands)
written(meterpost.yaml.5 manual settings)
written(meterpost completion bash)
written(_meterpost completion zsh)
# Pages written by hand; everything compressed as Debian wants it.
file(GLOB pages doc/man/*.[1-8])
foreach(page ${pages} ${WRITTEN}/meterpost.1 ${WRITTEN}/meterpost.yaml.5)
  get_filename_component(name ${page} NAME)
  string(REGEX MATCH "[1-8]$" section ${name})
  add_custom_command(OUTPUT ${WRITTEN}/${name}.gz DEPENDS ${page}
    COMMAND gzip -9nc ${page} > ${WRITTEN}/${name}.gz)
  list(APPEND WRITTEN_FILES ${WRITTEN}/${name}.gz)
  install(FILES ${WRITTEN}/${name}.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
endforeach()
add_custom_target(written ALL DEPENDS ${WRITTEN_FILES})
install(FILES ${WRITTEN}/meterpost
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${WRITTEN}/_meterpost DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)

# Units and rules name the places of this installation.
set(BIN ${CMAKE_INSTALL_FULL_BINDIR})
set(LIBEXEC ${CMAKE_INSTALL_FULL_LIBEXECDIR})
configure_file(package/meterpost.service ${WRITTEN}/meterpost.service @ONLY)

option(DEBIAN "lay files out for the Debian package: /etc, systemd, udev" OFF)
if(DEBIAN)
  install(FILES ${WRITTEN}/meterpost.service DESTINATION /lib/systemd/system)
  install(FILES package/60-meterpost.rules DESTINATION /lib/udev/rules.d)
  # Templates stand beside the other files that operators change.
  file(READ conf/meterpost.yaml settings)
  string(REPLACE "templates: ../templates" "templates: templates" settings "${settings}")
  file(WRITE ${WRITTEN}/meterpost.yaml "${settings}")
  install(FILES ${WRITTEN}/meterpost.yaml DESTINATION /etc/meterpost)
  install(DIRECTORY conf/profiles conf/tariffs conf/words conf/payments conf/carriers conf/policies
          conf/devices conf/maps
          DESTINATION /etc/meterpost)
  install(DIRECTORY templates DESTINATION /etc/meterpost)
  install(FILES package/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR})
  add_custom_command(OUTPUT ${WRITTEN}/changelog.gz DEPENDS ${CMAKE_SOURCE_DIR}/package/changelog
    COMMAND gzip -9nc ${CMAKE_SOURCE_DIR}/package/changelog > ${WRITTEN}/changelog.gz)
  add_custom_target(changelog ALL DEPENDS ${WRITTEN}/changelog.gz)
  install(FILES ${WRITTEN}/changelog.gz DESTINATION ${CMAKE_INSTALL_DOCDIR})
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME meterpost)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_VENDOR "Meterpost")
set(CPACK_PACKAGE_CONTACT "The authors of Meterpost <meterpost@lists.meterpost.org>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "read utility meters by text message, bill, take payments")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"Meterpost reads electricity, water, gas and heat meters by text message or over
RS-485, bills the customers in their language, takes their payments, keeps the
books, and switches supply off and on: with a small machine, a few GSM modems
and no Internet.

This package has the service, the command line of the operator, profiles of
many kinds of meter, tariffs and templates to start from.")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION misc)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# procps: the kill of `systemctl reload`
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, procps, tzdata")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "weasyprint")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    "${CMAKE_SOURCE_DIR}/package/postinst;${CMAKE_SOURCE_DIR}/package/prerm;${CMAKE_SOURCE_DIR}/package/postrm;${WRITTEN}/conffiles")
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
if(DEBIAN)
  # Every file under /etc is the administrator's.
  file(GLOB_RECURSE settings RELATIVE ${CMAKE_SOURCE_DIR}/conf
       conf/meterpost.yaml conf/profiles/* conf/tariffs/* conf/words/* conf/payments/* conf/carriers/*
       conf/policies/* conf/devices/* conf/maps/*)
  list(TRANSFORM settings PREPEND "/etc/meterpost/")
  file(GLOB_RECURSE shapes RELATIVE ${CMAKE_SOURCE_DIR} templates/*)
  list(TRANSFORM shapes PREPEND "/etc/meterpost/")
  list(APPEND settings ${shapes})
  list(SORT settings)
  list(JOIN settings "\n" conffiles)
  file(WRITE ${WRITTEN}/conffiles "${conffiles}\n")
endif()
include(CPack)
