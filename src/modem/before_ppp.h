// SPDX-License-Identifier: Apache-2.0
// Between the carrier and PPP: a greeting, a dial script, or a peer that shows text nobody asked
// for: a login prompt, a banner, an NT null-modem greeting. Valid PPP from the peer ends all of it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "modem/script_run.h"

namespace redial::modem {

/// The word of a Windows caller on a null modem, and what it wants to hear (KB Q122318).
constexpr std::string_view kNullModemCaller = "CLIENT", kNullModemServer = "CLIENTSERVER";

/// Says the caller's word until it is answered.
std::shared_ptr<const Script> null_modem_greeting();

struct BeforePppConfig {
  std::shared_ptr<const Script> script;         // once there is a carrier; null: none
  std::shared_ptr<const Script> script_before;  // on what lies before the modem; null: none
  std::string user;                             // as typed at a prompt, without a domain
  Secret password;
  bool answer_prompt = true;     // when there are both
  bool terminal = false;         // the user is on the line after the carrier, before a script
  bool terminal_before = false;  // the user speaks to the modem before it dials
  Duration within = 20s;         // for all that is not a script
};

/// What is between the ends, and which of them we are.
struct BeforePppLine {
  bool direct = false;    // a cable, no modem
  bool calls = true;      // we placed the call
  bool greeting = false;  // the null-modem greeting is asked for
  bool connected = true;  // false: the number has not been dialled yet
};

struct BeginPpp {
  bool operator==(const BeginPpp&) const = default;
};
/// The PPP that had begun is to be silent: what it says would land in a prompt.
struct HoldPpp {
  bool operator==(const HoldPpp&) const = default;
};
/// Done before dialling: now the number.
struct PlaceCall {
  bool operator==(const PlaceCall&) const = default;
};
struct TerminalOpen {
  bool open;
  bool operator==(const TerminalOpen&) const = default;
};
struct BeforePppNoted {
  std::string text;
  bool operator==(const BeforePppNoted&) const = default;
};
using BeforePppAction = std::variant<TypeText, BeginPpp, HoldPpp, PlaceCall, TerminalOpen,
                                     ScriptGaveUp, BeforePppNoted>;

class BeforePpp {
 public:
  using Actions = Outbox<BeforePppAction, 8>;

  static constexpr Duration kTerminalWithin = 10min;
  static constexpr Duration kSilence = 2500ms;    // nothing at all: a return may be waited for
  static constexpr Duration kTextEnds = 1s;       // a text is over when nothing follows
  static constexpr Duration kPromptEnds = 300ms;  // the same, when it ends like a prompt
  static constexpr Duration kAnswerWithin = 2s;   // to a return
  static constexpr uint8_t kReturnsMax = 2;
  static constexpr size_t kTextKept = 200;  // octets, for people
  static constexpr size_t kTextLeast = 3;   // fewer printable octets are noise

  BeforePpp(std::shared_ptr<const BeforePppConfig> config, BeforePppLine line);

  Actions begin(Instant now);  // the line carries data
  /// Every chunk read before the peer has said anything valid in PPP.
  Actions on_octets(ByteView octets, Instant now);
  /// A valid Configure-Request of the peer's came while PPP was held or had not begun.
  Actions on_ppp(Instant now);
  Actions on_deadline(Instant now);
  Instant due() const;
  std::optional<Instant> deadline() const { return unless_never(due()); }

  /// The number has not been dialled yet: what is said goes to the device on the line.
  bool before_call() const { return !line_.connected; }
  /// The user is on the line: what comes is shown, what is typed is sent.
  bool terminal() const { return state_ == State::Terminal; }
  Actions end_terminal(Instant now);  // the user has done

  /// What the peer showed that was not PPP, for a cause's evidence; empty: nothing.
  std::string text() const;

 private:
  enum class State : uint8_t {
    First,      // we answer on a cable: the first octet tells a greeting from PPP
    Terminal,   // the user's
    Scripting,  // greeting or dial script
    Listening,  // PPP has begun, the peer has said nothing valid yet
    Reading,    // text comes, PPP is held
    Answering,  // the built-in login script
    Over,       // PPP for good; text is only remembered
  };
  void next_stage(Instant now, Actions& out);
  void next_before_call(Instant now, Actions& out);
  void open_terminal(Instant now, Actions& out);
  void script(std::shared_ptr<const Script> which, Instant now, Actions& out);
  void carry(ScriptRun::Actions from, Instant now, Actions& out);
  void after_script(Instant now, Actions& out);
  void listen(Instant now, Actions& out);
  void read_on(Instant now);
  void decide(Instant now, Actions& out);
  void finish(Actions& out);
  void remember(ByteView octets);
  bool at_prompt() const;
  bool may_answer() const;

  std::shared_ptr<const BeforePppConfig> config_;
  std::unique_ptr<ScriptRun> run_;
  std::string text_;  // the last that is printable, with line ends, without PPP frames
  size_t printable_ = 0;
  Instant due_ = kNever, give_up_at_ = kNever;
  BeforePppLine line_;
  State state_ = State::Listening;
  enum class Stage : uint8_t { Greeting, Terminal, Script, Ppp } next_ = Stage::Greeting;
  uint8_t returns_ = 0, answers_ = 0;
  // Where the stream stands: text, after a flag, in a frame (which is not text).
  enum class Part : uint8_t { Text, Flag, Frame } part_ = Part::Text;
};

static_assert(Machine<BeforePpp>);

}  // namespace redial::modem
