// SPDX-License-Identifier: Apache-2.0
// The story of one link, one dense line per event: what struck, what was sent, what was said.
#pragma once

#include <string>

#include "sim/injector.h"
#include "sim/world.h"

namespace redial::sim {

class Story final : public Witness, public FaultWitness {
 public:
  /// Echoes and packets of a call that is up are not told: they would hide everything else.
  explicit Story(uint32_t link) : link_(link) {}

  void on_event(End end, uint32_t link, const engine::EventBody& body, Instant now) override;
  void on_transmit(End end, uint32_t link, LineId line, ByteView octets, bool online,
                   Instant now) override;
  void on_line(End end, uint32_t link, LineId line, bool open, Instant now) override;
  void on_fault(const Fault& fault, FaultSet active) override;
  void on_fault_over(const Fault& fault) override;

  const std::string& text() const { return text_; }

 private:
  static constexpr size_t kOctetsMax = 4 << 20;  // of the story; then its beginning goes
  void tell(Instant now, std::string_view who, std::string_view what);

  uint32_t link_;
  Instant now_{};
  bool up_ = false;
  std::string text_;
};

}  // namespace redial::sim
