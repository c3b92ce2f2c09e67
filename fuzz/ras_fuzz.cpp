// SPDX-License-Identifier: Apache-2.0
// A RAS directory of unknown origin, its files parted by NULs: every setting ends in one column,
// what is written reads, and the doctor says of every entry what there is to say.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "migrate/doctor.h"
#include "migrate/ras_directory.h"
#include "migrate_fuzz.h"

using namespace redial;
using namespace redial::migrate;

namespace {

std::vector<SourceFile> files_of(std::string_view left) {
  std::vector<SourceFile> files;
  for (const char* name :
       {"rasphone.pbk", "SERIAL.INI", "MODEM.INF", "ras.reg", "SWITCH.INF", "PAD.INF"}) {
    const size_t end = std::min(left.find('\0'), left.size());
    if (end > 0) files.push_back({name, std::string(left.substr(0, end))});
    left.remove_prefix(std::min(end + 1, left.size()));
  }
  return files;
}

void check_ports(const std::vector<SourceFile>& files) {
  Reading reading;
  const RasDirectory directory = read_ras_directory(files, reading);
  REDIAL_ASSERT(directory.ports.all().size() <= kRasPortsMax);
  REDIAL_ASSERT(reading.diagnostics.size() <= phonebook::kDiagnosticsMax + 1);
  for (const RasPort& port : directory.ports.all()) {
    REDIAL_ASSERT(!port.name.empty() && port.name.size() <= kRasNameMax);
    REDIAL_ASSERT(port.device.size() <= kRasNameMax && directory.ports.find(port.name) == &port);
    static_cast<void>(device_of_port(port.name, port.driver));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::vector<SourceFile> files = files_of(as_text({data, size}));
  read_and_write(Source::Ras, files);
  check_ports(files);
  const Reading reading = read_source({.source = Source::Ras, .path = "/fuzz", .files = files});
  for (const Connection& connection : reading.connections) {
    for (const DoctorRow& row : diagnose(connection, reading.report).rows) {
      REDIAL_ASSERT(!text(row.noticed).empty() && !text(row.redialled).empty());
      REDIAL_ASSERT((row.health == Health::Good) == row.change.empty());
    }
  }
  return 0;
}
