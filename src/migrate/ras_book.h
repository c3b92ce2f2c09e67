// SPDX-License-Identifier: Apache-2.0
// One phonebook of a RAS directory: its entries, the ports they name, and what becomes of each key.
#pragma once

#include "migrate/ras_directory.h"

namespace redial::migrate {

void read_ras_book(const SourceFile& file, RasDirectory& directory, Reading& reading);

}  // namespace redial::migrate
