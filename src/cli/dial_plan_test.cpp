// SPDX-License-Identifier: Apache-2.0
#include "cli/dial_plan.h"

#include <doctest/doctest.h>

using namespace redial;
using namespace redial::cli;

namespace {

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// Entries on direct lines without a user: nobody is asked for anything.
struct Books {
  Books() {
    for (const char* name : {"A", "B", "C"}) add(name);
  }
  phonebook::Entry& add(const std::string& name) {
    phonebook::LineSpec line;
    line.name = "line " + name;
    line.kind = phonebook::LineKind::Direct;
    line.path = "/dev/null";
    workspace.lines.push_back(line);
    phonebook::Entry entry;
    entry.name = name;
    entry.source = "books/office.pbk line 3";
    entry.type = phonebook::EntryType::Direct;
    entry.lines = {line.name};
    workspace.book.entries.push_back(entry);
    return workspace.book.entries.back();
  }
  phonebook::Entry& entry(size_t i) { return workspace.book.entries[i]; }
  std::string plan() {
    const auto wanted = wanted_entries(options, workspace);
    if (!wanted) return "error: " + wanted.error().text;
    std::string out;
    for (const WantedEntry& each : *wanted) {
      out += each.entry.name + (each.named ? "" : "(needed)");
      for (const std::string& socks : each.socks) out += " socks " + socks;
      for (const std::string& forward : each.forwards) out += " forward " + forward;
      out += ";";
    }
    return out;
  }

  Workspace workspace;
  DialOptions options;
};

}  // namespace

TEST_CASE("one entry gets every service; of several each gets its own") {
  Books books;
  books.options.entries = {"A"};
  books.options.socks = {"127.0.0.1:1080"};
  books.options.forwards = {"8080:10.0.0.5:80", "A=8081:10.0.0.5:80"};
  CHECK(books.plan() ==
        "A socks 127.0.0.1:1080 forward 8080:10.0.0.5:80 forward 8081:10.0.0.5:80;");
  books.options = {};
  books.options.entries = {"A", "B", "A"};
  books.options.socks = {"B=127.0.0.1:1080"};
  CHECK(books.plan() == "A;B socks 127.0.0.1:1080;");
  books.options.socks = {"127.0.0.1:1080"};
  CHECK(has(books.plan(), "write \"A=127.0.0.1:1080\""));
}

TEST_CASE("what an entry needs first is dialled as well, and what that needs") {
  Books books;
  books.entry(0).prerequisite = "B";
  books.entry(1).prerequisite = "C";
  books.options.entries = {"A"};
  books.options.socks = {"127.0.0.1:1080"};
  CHECK(books.plan() == "A socks 127.0.0.1:1080;B(needed);C(needed);");
  books.options = {};
  books.options.entries = {"B", "C"};
  CHECK(books.plan() == "B;C;");
}

TEST_CASE(
    "a prerequisite that is nowhere, or in another book than it says, is told with who needs it") {
  Books books;
  books.options.entries = {"A"};
  books.entry(0).prerequisite = "Nowhere";
  CHECK(has(books.plan(), "error: A: needs Nowhere up first"));
  books.entry(0).prerequisite = "B";
  books.entry(0).prerequisite_book = "C:\\RAS\\other.pbk";
  CHECK(has(books.plan(), "that entry is in books/office.pbk"));
  books.entry(0).prerequisite_book = "C:\\RAS\\OFFICE.PBK";
  CHECK(books.plan() == "A;B(needed);");
}

TEST_CASE("an on-demand entry needs something that brings traffic") {
  Books books;
  books.options.entries = {"A"};
  books.options.on_demand = true;
  CHECK(has(books.plan(), "give it --socks, --forward or --tun"));
  books.options.socks = {"127.0.0.1:1080"};
  CHECK(books.plan() == "A socks 127.0.0.1:1080;");
}

TEST_CASE("entries that want one line with different settings of its modem are refused") {
  Books books;
  books.entry(1).lines = books.entry(0).lines;
  books.options.entries = {"A", "B"};
  CHECK(books.plan() == "A;B;");
  books.entry(1).connect_bps = 9600;
  CHECK(has(books.plan(), "A and B want the line line A with different settings"));
}

TEST_CASE("what is dialled goes by the location: of the command line, the entry, or the first") {
  Books books;
  for (const auto& [name, code, outside] :
       {std::tuple("office", 1u, "9,"), std::tuple("berlin", 49u, "")}) {
    phonebook::Location& at = books.workspace.locations.emplace_back();
    at.name = name;
    at.country_code = code;
    at.outside_local = outside;
  }
  books.options.entries = {"A"};
  books.entry(0).numbers = {{.digits = "+1 (206) 555-0100"}, {.digits = "9,555-0100"}};
  const auto dialled = [&](size_t which) {
    const auto wanted = wanted_entries(books.options, books.workspace);
    if (!wanted) return wanted.error().text;
    return std::string(wanted->front().numbers.at(which).dialled->reveal());
  };
  CHECK(dialled(0) == "9,12065550100");
  CHECK(dialled(1) == "9,555-0100");
  books.entry(0).location = "berlin";
  CHECK(dialled(0) == "0012065550100");
  books.options.from = "Office";
  CHECK(dialled(0) == "9,12065550100");
  books.options.from = "offise";
  CHECK(has(dialled(0),
            "location \"offise\": is not declared; nothing is dialled from it; "
            "\"office\" may be meant"));
}

TEST_CASE("a number of the command line goes by the rules when it is canonical, or told to") {
  Books books;
  phonebook::Location& at = books.workspace.locations.emplace_back();
  at.name = "office";
  at.country_code = 1;
  at.area_code = "425";
  at.outside_local = "9,";
  books.options.entries = {"A"};
  const auto dialled = [&](const char* phone, bool by_rules) {
    books.options.phone = phone;
    books.options.phone_by_rules = by_rules;
    const auto wanted = wanted_entries(books.options, books.workspace);
    REQUIRE(wanted.has_value());
    return std::string(wanted->front().numbers.at(0).dialled->reveal());
  };
  CHECK(dialled("+1 (425) 555-0100", false) == "9,5550100");
  CHECK(dialled("5550100", false) == "5550100");
  CHECK(dialled("5550100", true) == "9,5550100");
}

TEST_CASE("entries that want one line with and without a dial tone are refused") {
  Books books;
  for (phonebook::LineSpec& line : books.workspace.lines) line.kind = phonebook::LineKind::Modem;
  for (const char* name : {"hotel", "home"}) {
    phonebook::Location& at = books.workspace.locations.emplace_back();
    at.name = name;
    at.country_code = 1;
    at.blind = at.name == "hotel";
  }
  for (const size_t i : {0u, 1u}) {
    books.entry(i).type = phonebook::EntryType::Phone;
    books.entry(i).numbers = {{.digits = "5550100"}};
    books.entry(i).lines = {"line A"};
    books.entry(i).location = "hotel";
  }
  books.options.entries = {"A", "B"};
  CHECK(books.plan() == "A;B;");
  books.entry(1).location = "home";
  CHECK(has(books.plan(), "from places with and without a dial tone"));
}

TEST_CASE("--user and --phone are for one entry") {
  Books books;
  books.options.entries = {"A", "B"};
  books.options.phone = "5550100";
  CHECK(has(books.plan(), "are for one entry"));
}
