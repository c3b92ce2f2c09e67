// SPDX-License-Identifier: Apache-2.0
// SERIAL.INI and phonebooks of unknown origin: what is read is bounded.
#include <cstddef>
#include <cstdint>

#include "core/bytes.h"
#include "core/check.h"
#include "migrate/ras_ports.h"

using namespace redial;
using namespace redial::migrate;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::vector<phonebook::Diagnostic> diagnostics;
  auto ports = read_serial_ini(as_text({data, size}), "SERIAL.INI", diagnostics);
  add_phonebook_ports(as_text({data, size}), "rasphone.pbk", ports);
  REDIAL_ASSERT(ports.size() <= kRasPortsMax);
  REDIAL_ASSERT(diagnostics.size() <= phonebook::kDiagnosticsMax + 1);
  for (const RasPort& port : ports) {
    REDIAL_ASSERT(!port.name.empty() && port.name.size() <= 256 && port.device.size() <= 256);
    static_cast<void>(device_of_port(port.name));
  }
  return 0;
}
