// SPDX-License-Identifier: Apache-2.0
#include "migrate/pppd_secrets.h"

#include <fmt/format.h>

#include "migrate/lines.h"
#include "migrate/pppd_words.h"

namespace redial::migrate {

std::vector<PppdSecret> pppd_secrets(const SourceFile& file, Reading& reading) {
  const std::vector<PppdWord> words = pppd_words(file, reading);
  std::vector<PppdSecret> out;
  for (size_t at = 0; at < words.size();) {
    size_t end = at + 1;
    while (end < words.size() && !words[end].first_of_line) ++end;
    PppdSecret secret;
    secret.client = words[at].text;
    if (end - at > 1) secret.server = words[at + 1].text;
    if (end - at > 2) {
      secret.elsewhere = !words[at + 2].quoted && words[at + 2].text.starts_with('@');
      secret.secret = Secret(words[at + 2].text);
    }
    secret.id = reading.report.add({.file = file.path,
                                    .line = words[at].line,
                                    .column = words[at].column,
                                    .section = clean(secret.server),
                                    .key = clean(secret.client),
                                    .value = std::string(kCovered)});
    if (end - at < 3) {
      reading.report.end(secret.id, Column::Dropped, "the line has no secret");
      warn(reading, file.path, words[at].line, words[at].column,
           "the line has no client, server and secret, so it has no effect; correct it");
    } else {
      out.push_back(std::move(secret));
    }
    at = end;
  }
  return out;
}

const PppdSecret* find_secret(const std::vector<PppdSecret>& secrets, std::string_view user,
                              std::string_view server) {
  const PppdSecret* best = nullptr;
  int best_score = -1;
  for (const PppdSecret& each : secrets) {
    const bool client_fits = each.client == user || each.client == "*";
    const bool server_fits = server.empty() || each.server == server || each.server == "*";
    if (!client_fits || !server_fits) continue;
    const int score = (each.client == user ? 2 : 0) + (each.server != "*" ? 1 : 0);
    if (score > best_score) {
      best = &each;
      best_score = score;
    }
  }
  return best;
}

}  // namespace redial::migrate
