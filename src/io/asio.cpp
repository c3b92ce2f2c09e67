// SPDX-License-Identifier: Apache-2.0
// Asio's own code, compiled once here instead of in every file (BOOST_ASIO_SEPARATE_COMPILATION).
#include <boost/asio/impl/src.hpp>
