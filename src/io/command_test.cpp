// SPDX-License-Identifier: Apache-2.0
#include "io/command.h"

#include <optional>

#include "io/test_loop.h"

using namespace redial;
using namespace redial::io;

namespace {

std::optional<CommandEnd> end_of(const std::vector<std::string>& words, Duration within) {
  Loop loop;
  std::optional<CommandEnd> end;
  const auto command = run_command(loop, words, within, [&](CommandEnd how) { end = how; });
  run_until(loop, [&] { return end.has_value(); });
  return end;
}

TEST_CASE("a command ends well when its status is 0, and says how it ended otherwise") {
  auto end = end_of({"true"}, 10s);
  REQUIRE(end);
  CHECK(end->well);
  end = end_of({"sh", "-c", "exit 3"}, 10s);
  REQUIRE(end);
  CHECK_FALSE(end->well);
  CHECK(end->text == "ended with status 3");
}

TEST_CASE("a command that cannot be run is said to be so, by name") {
  const auto end = end_of({"/no/such/program"}, 10s);
  REQUIRE(end);
  CHECK_FALSE(end->well);
  CHECK(end->text == "/no/such/program cannot be run: No such file or directory");
}

TEST_CASE("a command that hangs is killed when its time is up, and its children with it") {
  const auto end = end_of({"sh", "-c", "sleep 1000 & wait"}, 200ms);
  REQUIRE(end);
  CHECK_FALSE(end->well);
  CHECK(end->text == "killed after 200 ms");
}

TEST_CASE("an abandoned command is ended and says nothing more") {
  Loop loop;
  bool told = false;
  auto command = run_command(loop, {"sleep", "1000"}, 10s, [&](CommandEnd) { told = true; });
  command.reset();
  settle(loop);
  CHECK_FALSE(told);
}

}  // namespace
