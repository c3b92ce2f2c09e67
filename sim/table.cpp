// SPDX-License-Identifier: Apache-2.0
#include "sim/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace redial::sim {
namespace {

std::string text_of(const std::optional<Duration>& duration) {
  return duration ? short_text(*duration) : "never";
}

std::string text_of(const Spread& spread) {
  if (!spread.median) return "never";
  return fmt::format("{} ({})", text_of(spread.median), text_of(spread.worst));
}

// ---- the picture ---------------------------------------------------------------------------

constexpr int kLeft = 220, kAxisEnd = 780, kNever = 830, kWidth = 900;
constexpr int kTop = 96, kBar = 9, kGap = 16;
constexpr int kRowHeight = static_cast<int>(kDiallers) * kBar + kGap;
constexpr std::array<std::string_view, kDiallers> kColours = {"#0b6e4f", "#c9a227", "#d9822b",
                                                              "#a23b72", "#3d5a98"};
constexpr Duration kAxisFrom = 100ms, kAxisTo = 24h;

/// Of the axis only, so floating point does no harm.
double x_of(const std::optional<Duration>& duration) {
  if (!duration) return kNever;
  const auto log = [](Duration each) { return std::log(static_cast<double>(each.count())); };
  const double along = (log(std::clamp(*duration, kAxisFrom, kAxisTo)) - log(kAxisFrom)) /
                       (log(kAxisTo) - log(kAxisFrom));
  return kLeft + along * (kAxisEnd - kLeft);
}

std::string text_at(double x, int y, std::string_view anchor, std::string_view text,
                    std::string_view more = "") {
  return fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"{}\"{}>{}</text>\n", x, y, anchor,
                     more, text);
}

std::string axis(int bottom) {
  constexpr std::pair<Duration, std::string_view> kMarks[] = {
      {100ms, "0.1 s"},  {1s, "1 s"}, {10s, "10 s"}, {1min, "1 min"},
      {10min, "10 min"}, {1h, "1 h"}, {24h, "24 h"}};
  std::string svg;
  for (const auto& [at, name] : kMarks) {
    svg +=
        fmt::format("<line x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\" stroke=\"#ddd\"/>\n",
                    x_of(at), kTop - 6, bottom);
    svg += text_at(x_of(at), kTop - 12, "middle", name, " fill=\"#555\"");
  }
  svg += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"70\" height=\"{}\" fill=\"#f6e3e3\"/>\n",
                     kNever - 25, kTop - 6, bottom - kTop + 6);
  return svg + text_at(kNever + 10, kTop - 12, "middle", "never", " fill=\"#a00\"");
}

std::string legend() {
  constexpr std::array<std::string_view, kDiallers> kNames = {
      "Redial", "pppd, persist", "pppd, echo 30 x 4", "wvdial", "NetworkManager"};
  std::string svg = text_at(16, 24, "start", "How long a link stays down after a fault",
                            " font-size=\"17\" font-weight=\"bold\"");
  svg += text_at(16, 44, "start",
                 "bar: median time until it is restored, thin line: the worst; "
                 "dot: median time until it is noticed",
                 " fill=\"#555\"");
  int x = 16;
  for (size_t i = 0; i < kDiallers; ++i) {
    svg += fmt::format("<rect x=\"{}\" y=\"56\" width=\"12\" height=\"10\" fill=\"{}\"/>\n", x,
                       kColours[i]);
    svg += text_at(x + 17, 65, "start", kNames[i]);
    x += 150;
  }
  return svg;
}

std::string bar(const Times& times, size_t dialler, int y) {
  const std::string_view colour = kColours[dialler];
  const int middle = y + kBar / 2;
  const double worst = x_of(times.restored.worst);
  std::string svg;
  svg += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{:.1f}\" height=\"{}\" fill=\"{}\"{}/>\n",
                     kLeft, y, x_of(times.restored.median) - kLeft, kBar - 2, colour,
                     times.restored.median ? "" : " fill-opacity=\"0.35\"");
  svg += fmt::format(
      "<line x1=\"{0:.1f}\" x2=\"{1:.1f}\" y1=\"{2}\" y2=\"{2}\" stroke=\"{3}\" "
      "stroke-width=\"2\"/>\n",
      x_of(times.restored.median), worst, middle, colour);
  if (!times.restored.worst) {
    svg += fmt::format("<path d=\"M{0} {1}l6 6m0 -6l-6 6\" stroke=\"#a00\" fill=\"none\"/>\n",
                       kNever + 4, middle - 3);
  }
  if (times.noticed.median) {
    svg += fmt::format("<circle cx=\"{:.1f}\" cy=\"{}\" r=\"3\" fill=\"#fff\" stroke=\"#222\"/>\n",
                       x_of(times.noticed.median), middle);
  }
  return svg;
}

}  // namespace

std::string short_text(Duration duration) {
  constexpr auto kTenth = Duration(100ms);
  const auto tenths = (duration + kTenth / 2) / kTenth;
  if (duration < 9950ms) return fmt::format("{}.{}s", tenths / 10, tenths % 10);
  const auto seconds = (duration + Duration(500ms)) / 1s;
  if (seconds < 100) return fmt::format("{}s", seconds);
  if (seconds < 600) return fmt::format("{}m{:02}", seconds / 60, seconds % 60);
  const auto minutes = (seconds + 30) / 60;
  if (minutes < 100) return fmt::format("{}m", minutes);
  return fmt::format("{}h{:02}", minutes / 60, minutes % 60);
}

std::string to_text(const Comparison& comparison) {
  std::string text = fmt::format(
      "Time until a fault is seen and the link is back: the median of {} strikes, and (the "
      "worst).\n"
      "{:<28}{:<5}",
      comparison.strikes, "", "");
  for (size_t i = 0; i < kDiallers; ++i) text += fmt::format("{:>13}", dialler_name(i));
  text += '\n';
  for (const Row& row : comparison.rows) {
    text += fmt::format("{:<28}{:<5}", row.name, "seen");
    for (const Times& each : row.times) text += fmt::format("{:>13}", text_of(each.noticed));
    text += fmt::format("\n{:<28}{:<5}", "", "back");
    for (const Times& each : row.times) text += fmt::format("{:>13}", text_of(each.restored));
    text += '\n';
  }
  return text + fmt::format(
                    "never: gives up, or has not noticed after a day. A call on these modems takes "
                    "{} until IP is\nup, {} to a busy tone, {} unanswered, for everybody. "
                    "Rules and sources: docs/proof.md.\n",
                    short_text(comparison.costs.set_up), short_text(comparison.costs.busy),
                    short_text(comparison.costs.no_answer));
}

std::string to_svg(const Comparison& comparison) {
  const int bottom = kTop + kRowHeight * static_cast<int>(comparison.rows.size());
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
      "height=\"{1}\" font-family=\"sans-serif\" font-size=\"12\" fill=\"#222\">\n"
      "<rect width=\"{0}\" height=\"{1}\" fill=\"#fff\"/>\n",
      kWidth, bottom + 16);
  svg += legend() + axis(bottom);
  int y = kTop;
  for (const Row& row : comparison.rows) {
    svg += text_at(kLeft - 10, y + (kRowHeight - kGap) / 2 + 4, "end", row.name);
    for (size_t i = 0; i < kDiallers; ++i) {
      svg += bar(row.times[i], i, y + static_cast<int>(i) * kBar);
    }
    y += kRowHeight;
  }
  return svg + "</svg>\n";
}

}  // namespace redial::sim
