// SPDX-License-Identifier: Apache-2.0
// The engine of a record, made again from its head: the same entries, lines and descriptions, with
// placeholders for passwords.
#pragma once

#include "core/result.h"
#include "engine/plan.h"
#include "engine/transcript.h"

namespace redial::engine {

/// Adds lines and links to a fresh engine, numbered as in the head. Errors: BadFile, what cannot be
/// read again; and those of plan_link.
Result<void> furnish(Engine& engine, const TranscriptHead& head);

/// The head's form of a number as it is dialled; digits of a card are zeros.
TranscriptHead::Number head_number(const telephony::Translation& number);

}  // namespace redial::engine
