// SPDX-License-Identifier: Apache-2.0
// What a registry export says of RAS: EnableUnimodem (KB Q150808), the ports that RAS has from TAPI
// (...\RAS\TAPI DEVICES, documented with the NT 4.0 DDK), installed modems with their ports and
// descriptions ([MS-RRASM] 2.2.3.3.2), and the machine's COM ports (DEVICEMAP\SERIALCOMM).
#pragma once

#include "migrate/ras_directory.h"

namespace redial::migrate {

void read_ras_registry(const SourceFile& file, RasDirectory& directory, Reading& reading);

}  // namespace redial::migrate
