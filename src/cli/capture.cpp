// SPDX-License-Identifier: Apache-2.0
#include "cli/capture.h"

#include "ppp/redact.h"
#include "wire/pcap.h"

namespace redial::cli {

Result<std::unique_ptr<Capture>> Capture::open(const std::string& path, io::Loop& loop,
                                               Secret secret) {
  auto file = LogFile::open(path, "capture");
  if (!file) return tl::make_unexpected(std::move(file).error());
  auto capture = std::unique_ptr<Capture>(new Capture(*std::move(file), loop, std::move(secret)));
  wire::append_pcap_header(capture->record_);
  capture->file_.write(capture->record_);
  return capture;
}

Capture::Capture(LogFile file, io::Loop& loop, Secret secret)
    : file_(std::move(file)), loop_(loop), secret_(std::move(secret)) {}

void Capture::on_frame(bool sent, uint16_t protocol, ByteView information) {
  if (!failure().empty()) return;
  const Bytes kept = ppp::redacted(protocol, information, secret_);
  record_.clear();
  wire::append_pcap_frame(
      {.at = loop_.wall_now(), .sent = sent, .protocol = protocol, .information = kept}, record_);
  file_.write(record_);
}

}  // namespace redial::cli
