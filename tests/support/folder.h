// SPDX-License-Identifier: Apache-2.0
// A folder that a test has to itself, gone with everything in it at the test's end.
#pragma once

#include <doctest/doctest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace redial::test {

class Folder {
 public:
  Folder() {
    path = (std::filesystem::temp_directory_path() / "redial-XXXXXX").string();
    REQUIRE(::mkdtemp(path.data()) != nullptr);
    path = std::filesystem::canonical(path).string();
  }
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string operator/(std::string_view name) const {
    return (std::filesystem::path(path) / name).string();
  }
  /// The file's path; folders on the way to it are made.
  std::string write(std::string_view name, std::string_view octets, mode_t mode = 0644) const {
    const std::string file = *this / name;
    std::filesystem::create_directories(std::filesystem::path(file).parent_path());
    std::ofstream(file, std::ios::binary) << octets;
    REQUIRE(::chmod(file.c_str(), mode) == 0);
    return file;
  }
  std::string text(std::string_view name) const {
    std::ifstream in(*this / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  /// What is in it, in order, folders not opened.
  std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& each : std::filesystem::directory_iterator(path)) {
      found.push_back(each.path().filename().string());
    }
    std::sort(found.begin(), found.end());
    return found;
  }

  std::string path;
};

}  // namespace redial::test
