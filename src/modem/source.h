// SPDX-License-Identifier: Apache-2.0
// A file as text: decoded, with the place of every part of it as an editor shows it, and what is
// wrong with it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/text.h"
#include "modem/inf_lexer.h"

namespace redial::modem {

class Source {
 public:
  /// `octets` in any encoding that core/text.h knows; at most `octets_max` of them are read, and
  /// that there are more is an error, with `remedy`.
  Source(std::string_view octets, std::string_view name, size_t octets_max,
         std::string_view remedy);
  Source(const Source&) = delete;  // views into the text are kept
  Source& operator=(const Source&) = delete;

  std::string_view text() const { return decoded_.text; }
  chars::Encoding encoding() const { return decoded_.encoding; }
  const std::string& name() const { return name_; }
  /// false: nothing of it may be read, and that has been said.
  bool readable() const { return readable_; }

  /// Where `part`, a view of `text()`, begins. Lines and columns from 1; columns count characters.
  inf::Place place(std::string_view part) const;
  void warning(std::string_view part, std::string text);
  void error(std::string_view part, std::string text);
  /// Only once for each `kind` of complaint: the next thousand of them would say no more.
  void warning_once(std::string_view kind, std::string_view part, std::string text);
  size_t errors() const { return complaints_.errors(); }
  std::vector<Diagnostic> take();  // sorted by place, with the file's name

 private:
  std::string name_;
  chars::Decoded decoded_;
  std::vector<size_t> line_starts_;  // offsets
  std::vector<std::string> said_once_;
  inf::Complaints complaints_;
  bool readable_ = true;
};

/// The next line of `rest`, without its end (CR LF, LF or CR), which is taken off with it.
std::string_view take_line(std::string_view& rest);

}  // namespace redial::modem
