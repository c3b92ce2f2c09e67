// SPDX-License-Identifier: Apache-2.0
// The client of RFC 2217: a serial port behind an access server, its circuits told and switched
// over telnet. Plain telnet lines run on it too, which are the same without the option.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "core/outbox.h"
#include "core/time.h"
#include "wire/rfc2217.h"
#include "wire/telnet.h"

namespace redial::wire {

// What it wants done, beside SendOctets.
/// The line may be used; from here on data are data.
struct LineReady {
  bool com_port = false;  // the circuits are told, and DTR can be switched
  bool operator==(const LineReady&) const = default;
};
struct CircuitsChanged {
  ModemState state;
  bool operator==(const CircuitsChanged&) const = default;
};
/// Nothing more may be sent, until this says otherwise.
struct OutputHeld {
  bool held = false;
  bool operator==(const OutputHeld&) const = default;
};
struct LineNoted {
  std::string text;  // for people
  bool operator==(const LineNoted&) const = default;
};
/// The server has stopped: it leaves unanswered what it used to answer.
struct LineDead {
  std::string evidence;
  bool operator==(const LineDead&) const = default;
};
/// The server has taken RFC 2217 back, or agreed to it late.
struct ComPortChanged {
  bool on = false;
  bool operator==(const ComPortChanged&) const = default;
};
using ComPortAction = std::variant<SendOctets, LineReady, CircuitsChanged, OutputHeld, LineNoted,
                                   LineDead, ComPortChanged>;
using ComPortActions = Outbox<ComPortAction, 6>;

template <class S>
concept ComPortSink = requires(S& sink, ByteView data, ComPortAction& action) {
  sink.on_data(data);
  sink.on_action(std::move(action));
};

/// Octets that came with an error (NOTIFY-LINESTATE), by kind.
struct LineNotices {
  uint32_t overrun = 0, parity = 0, framing = 0, breaks = 0;
  bool operator==(const LineNotices&) const = default;
};

class ComPortClient {
 public:
  static constexpr Duration kAnswerWithin = 5s;  // then it is what it has shown to be
  static constexpr Duration kHeldMax = 10s;      // FLOWCONTROL-SUSPEND without a RESUME
  // A server that is silent is asked for a TIMING-MARK; its TCP may be answering without it.
  static constexpr Duration kProbeAfter = 10s, kDeadAfter = 20s;

  struct Options {
    ComPortSettings settings;
    bool com_port = true;  // false: plain telnet
  };
  explicit ComPortClient(const Options& options);

  ComPortActions start(Instant now);  // the connection is there
  ComPortActions set_dtr(bool on);
  ComPortActions purge_output();
  ComPortActions on_deadline(Instant now);
  std::optional<Instant> deadline() const {
    return earlier(earlier(answer_by_, resume_at_), probe_due());
  }

  template <ComPortSink S>
  void on_octets(ByteView octets, Instant now, S&& sink) {
    heard_at_ = now;
    probed_ = false;
    telnet_.decode(octets, Reader<S>{*this, now, sink});
  }
  template <std::invocable<ByteView> Put>
  void encode(ByteView data, Put&& put) const {
    telnet_.encode(data, put);
  }
  bool ready() const { return ready_; }
  const LineNotices& line_notices() const { return notices_; }

 private:
  template <class S>
  struct Reader {
    ComPortClient& client;
    Instant now;
    S& sink;
    void on_data(ByteView data) { sink.on_data(data); }
    void on_send(ByteView octets) { sink.on_action(SendOctets{BoundedBytes<128>(octets)}); }
    void on_option(TelnetOption option, TelnetSide side, bool on) {
      give(client.on_option(option, side, on));
    }
    void on_subnegotiation(TelnetOption option, ByteView value) {
      if (option == TelnetOption::ComPort) give(client.on_com_port(value, now));
    }
    void on_command(TelnetCommand) {}
    void give(ComPortActions actions) {
      for (ComPortAction& action : actions) sink.on_action(std::move(action));
    }
  };

  ComPortActions on_option(TelnetOption option, TelnetSide side, bool on);
  ComPortActions on_com_port(ByteView message, Instant now);
  void on_modem_state(uint8_t octet, ComPortActions& out);
  void judge_answer(ComPortCommand command, uint32_t value, ComPortActions& out);
  SendOctets settings() const;
  bool com_port() const { return telnet_.on(TelnetOption::ComPort, TelnetSide::Local); }
  bool settled() const;
  void be_ready(ComPortActions& out);
  void note(std::string text, ComPortActions& out);
  /// Only a server that has shown that it answers can be missed.
  std::optional<Instant> probe_due() const {
    if (!ready_ || !marks_) return std::nullopt;
    return heard_at_ + (probed_ ? kDeadAfter : kProbeAfter);
  }

  Options options_;
  Telnet telnet_;
  std::optional<Instant> answer_by_;  // set until ready
  std::optional<Instant> resume_at_;  // set while the server has suspended us
  std::optional<ModemState> told_;    // what the owner last heard; none: nothing yet
  LineNotices notices_;
  Instant heard_at_{};      // anything at all
  uint8_t notes_left_ = 8;  // a server may go on talking nonsense for ever
  bool dtr_ = true;         // wanted; said as soon as the option is agreed
  bool ready_ = false;
  bool marks_ = false;   // it has answered a TIMING-MARK
  bool probed_ = false;  // asked for one, and silent since
};

static_assert(Machine<ComPortClient>);

}  // namespace redial::wire
