# The house: which layer may include which (docs/architecture.md). Read by CMake to link, by
# tools/check_layers.cmake to judge every #include line. An order: each layer names only earlier ones.
set(REDIAL_LAYERS
    core wire ppp modem telephony phonebook connection answer migrate control engine lab io host
    daemon cli)

set(REDIAL_MAY_USE_core "")
set(REDIAL_MAY_USE_wire core)
set(REDIAL_MAY_USE_ppp core wire)
set(REDIAL_MAY_USE_modem core wire)
set(REDIAL_MAY_USE_telephony core modem)
set(REDIAL_MAY_USE_phonebook core)
set(REDIAL_MAY_USE_connection core ppp telephony phonebook)
set(REDIAL_MAY_USE_answer core ppp telephony)
set(REDIAL_MAY_USE_migrate core modem phonebook connection)
set(REDIAL_MAY_USE_control core)
set(REDIAL_MAY_USE_engine core wire ppp modem telephony phonebook connection answer migrate control)
set(REDIAL_MAY_USE_lab core wire modem ppp)
set(REDIAL_MAY_USE_io core wire)
set(REDIAL_MAY_USE_host core wire ppp modem telephony phonebook connection answer migrate control
    engine io)
set(REDIAL_MAY_USE_daemon ${REDIAL_MAY_USE_host} host)
set(REDIAL_MAY_USE_cli ${REDIAL_MAY_USE_host} host lab)

# No clock, no I/O, no threads, no exceptions, no global state.
set(REDIAL_PURE
    core wire ppp modem telephony phonebook connection answer migrate control engine lab)
