// SPDX-License-Identifier: Apache-2.0
#include "phonebook/credentials.h"

#include <fmt/format.h>

#include "phonebook/toml_tree.h"
#include "phonebook/toml_values.h"

namespace redial::phonebook {
namespace {

constexpr size_t kCardDigitsMax = 40;
constexpr size_t kSecretOctetsMax = 255;  // PAP's length octet, RFC 1334 2.2.1

void read_one(const TomlNode& table, Credentials& out, TomlComplaints& to) {
  Credential credential;
  const size_t errors = to.errors();
  for (const TomlNode& key : table.children) {
    if (key.key == "user") {
      credential.user = toml_text(key, kSecretOctetsMax, to).value_or("");
    } else if (key.key == "domain") {
      credential.domain = toml_text(key, kSecretOctetsMax, to).value_or("");
    } else if (key.key == "password") {
      credential.password = Secret(toml_text(key, kSecretOctetsMax, to).value_or(""));
    } else if (key.key == "x25_user_data" || key.key == "x25_facilities") {
      Secret& into =
          key.key == "x25_facilities" ? credential.x25_facilities : credential.x25_user_data;
      into = Secret(toml_text(key, kSecretOctetsMax, to).value_or(""));
    } else {
      to.warn(key,
              "a key other than user, domain, password, x25_user_data and x25_facilities has no "
              "effect; remove it");
    }
  }
  if (to.errors() != errors) return;
  const bool pad = !credential.x25_user_data.empty() || !credential.x25_facilities.empty();
  if (table.child("password") == nullptr && !pad) {
    to.error(table, "no password, so nobody can log on with this; write password = \"...\"");
    return;
  }
  out.by_entry.emplace(table.key, std::move(credential));
}

void read_card(const TomlNode& table, Credentials& out, TomlComplaints& to) {
  if (table.kind != TomlNode::Kind::Table) {
    to.error(table,
             "a value where a calling card's table belongs; it is not read; write "
             "[calling_card.\"work\"] above number and pin");
    return;
  }
  CardSecret card;
  const size_t errors = to.errors();
  for (const TomlNode& key : table.children) {
    if (key.key != "number" && key.key != "pin") {
      to.warn(key, "a key other than number and pin has no effect; remove it");
      continue;
    }
    const auto digits = toml_text(key, kCardDigitsMax, to);
    if (digits && digits->find_first_not_of("0123456789*# -") != std::string::npos) {
      to.error(key, "is to be digits, * and #; the card is not read; correct it");
    } else if (digits) {
      (key.key == "pin" ? card.pin : card.number) = Secret(*digits);
    }
  }
  if (to.errors() == errors) out.by_card.emplace(table.key, std::move(card));
}

}  // namespace

Credentials read_credentials(std::string_view octets, std::string_view file_name) {
  Credentials out;
  TomlComplaints to(file_name, out.diagnostics);
  const TomlDocument document = parse_toml(octets);
  if (document.problem) {
    TomlNode at;
    at.line = document.problem->line;
    at.column = document.problem->column;
    to.error(at, "this is not TOML; no password is read; correct the line");
    return out;
  }
  for (const TomlNode& node : document.root.children) {
    const bool table = node.kind == TomlNode::Kind::Table;
    if (table && node.key == "calling_card") {
      for (const TomlNode& child : node.children) read_card(child, out, to);
      continue;
    }
    if (!table || node.key != "entry") {
      to.error(node,
               "only [entry.\"name\"] and [calling_card.\"name\"] tables belong here; it is not "
               "read; write [entry.\"Head Office\"] above user and password");
      continue;
    }
    for (const TomlNode& child : node.children) {
      if (child.kind == TomlNode::Kind::Table) {
        to.set_entry(child.key);
        read_one(child, out, to);
        to.set_entry({});
      } else {
        to.error(child,
                 "a value where an entry's table belongs; it is not read; write "
                 "[entry.\"Head Office\"] above user and password");
      }
    }
  }
  return out;
}

std::vector<Diagnostic> unused(const Credentials& credentials, const std::vector<Entry>& entries,
                               std::string_view file_name) {
  std::vector<Diagnostic> out;
  for (const auto& [name, credential] : credentials.by_entry) {
    if (find_entry(entries, name) != nullptr) continue;
    report(out, {.severity = Diagnostic::Severity::Warning,
                 .line = 0,
                 .column = 0,
                 .entry = name,
                 .text = "a password for an entry that no phonebook has; it is not used; correct "
                         "the name or remove it",
                 .file = std::string(file_name)});
  }
  return out;
}

}  // namespace redial::phonebook
