// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "cli/rasdial_links.h"
#include "cli/rasdial_words.h"
#include "support/folder.h"

using namespace redial;
using namespace redial::cli;
using redial::test::Folder;

namespace {

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("rasdial's words mean what they mean on Windows, in any case, with / or -") {
  const auto said = parse_rasdial(Words{"Head Office", "ann", "sesame", "/domain:CORP",
                                        "-Phone:555-0100", "/PHONEBOOK:c:office.pbk"});
  REQUIRE(said);
  CHECK(said->verb == RasdialWords::Verb::Dial);
  CHECK(said->entry == "Head Office");
  CHECK(said->user == "ann");
  CHECK(said->password == Secret("sesame"));
  CHECK(said->domain == "CORP");
  CHECK(said->phone == "555-0100");
  CHECK(said->phonebook == "c:office.pbk");
  CHECK(parse_rasdial(Words{})->verb == RasdialWords::Verb::List);
  CHECK(parse_rasdial(Words{"/DisConnect"})->verb == RasdialWords::Verb::Disconnect);
  CHECK(parse_rasdial(Words{"isp", "-disconnect"})->entry == "isp");
  CHECK(parse_rasdial(Words{"isp", "ann", "*"})->ask_password);
  CHECK_FALSE(parse_rasdial(Words{"isp", "ann", "*"})->password);
  CHECK(parse_rasdial(Words{"isp", "/PHONE:5550100", "/PrefixSuffix"})->by_rules);
  CHECK(parse_rasdial(Words{"/?"})->verb == RasdialWords::Verb::Help);
}

TEST_CASE("what rasdial cannot make sense of, or cannot do, is said and does nothing") {
  CHECK(parse_rasdial(Words{"isp", "/nonsense"}).error().kind == ErrorKind::Usage);
  CHECK(parse_rasdial(Words{"Head", "Office", "ann", "sesame"}).error().kind == ErrorKind::Usage);
  CHECK(parse_rasdial(Words{"/PHONE:1"}).error().kind == ErrorKind::Usage);
  CHECK(parse_rasdial(Words{"isp", "/CALLBACK:1"}).error().kind == ErrorKind::Unsupported);
  CHECK(parse_rasdial(Words{"isp", "/PREFIXSUFFIX"}).error().kind == ErrorKind::Usage);
}

TEST_CASE("the password is found wherever the options stand, so that it can be hidden") {
  CHECK(password_word(Words{"/d:x", "isp", "ann", "/phone:1", "sesame"}) == 4);
  CHECK_FALSE(password_word(Words{"isp", "ann", "*"}));
  CHECK_FALSE(password_word(Words{"isp", "ann"}));
}

TEST_CASE("the exit status is RAS's number less 600, and 255 beyond what a status can say") {
  CHECK(rasdial_status(600) == 0);
  CHECK(rasdial_status(676) == 76);
  CHECK(rasdial_status(691) == 91);
  CHECK(rasdial_status(854) == 254);
  for (const int beyond : {855, 956, 87, 0}) CHECK(rasdial_status(beyond) == 255);
}

TEST_CASE("a link is listed while its process lives, once only, and can be told to end") {
  const Folder folder;
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  const pid_t holder = ::fork();
  if (holder == 0) {
    ::signal(SIGTERM, SIG_DFL);
    auto held = hold_link(folder.path, "Head Office");
    const char said = held ? 'y' : 'n';
    (void)!::write(ready[1], &said, 1);
    for (;;) ::pause();
  }
  char said = 0;
  REQUIRE(::read(ready[0], &said, 1) == 1);
  CHECK(said == 'y');
  auto links = held_links(folder.path);
  REQUIRE(links.size() == 1);
  CHECK(links[0].entry == "Head Office");
  CHECK(links[0].process == holder);
  CHECK_FALSE(hold_link(folder.path, "HEAD OFFICE"));
  CHECK(release_link(links[0], 20s));
  ::waitpid(holder, nullptr, 0);
  CHECK(held_links(folder.path).empty());
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_CASE("a record whose process was killed is removed, and so may be held again") {
  const Folder folder;
  const std::string file = folder.path + "/0123456789abcdef.link";
  const int made = ::open(file.c_str(), O_WRONLY | O_CREAT, 0600);
  REQUIRE(::write(made, "999999\nisp\n", 11) == 11);
  ::close(made);
  CHECK(held_links(folder.path).empty());
  CHECK(::access(file.c_str(), F_OK) != 0);
}
