// SPDX-License-Identifier: Apache-2.0
// RAS error numbers 600..956 (Microsoft Learn "Routing and Remote Access Error Codes"; KB Q163111)
// as far as we use them, beside our own texts.
#pragma once

#include <cstdint>
#include <string_view>

namespace redial {

/// The number as RAS prints it. Only the named ones have a text of ours; any number may be carried.
enum class RasError : uint16_t {
  None = 0,
  DeviceDoesNotExist = 608,
  CannotFindPhonebookEntry = 623,
  Disconnection = 628,
  RemoteDisconnection = 629,
  HardwareFailure = 630,
  UserDisconnection = 631,
  PortNotAvailable = 633,
  WrongDeviceAttached = 636,
  RequestTimeout = 638,
  RestrictedLogonHours = 646,
  AcctDisabled = 647,
  PasswdExpired = 648,
  NoDialinPermission = 649,
  ServerNotResponding = 650,
  FromDevice = 651,
  UnrecognizedResponse = 652,
  MacroNotDefined = 654,
  PortNotConfigured = 665,
  DeviceNotReady = 666,
  LineBusy = 676,
  VoiceAnswer = 677,
  NoAnswer = 678,
  NoCarrier = 679,
  NoDialtone = 680,
  AuthenticationFailure = 691,
  PortOrDevice = 692,
  UnsupportedBps = 701,
  ChangingPassword = 709,
  PppTimeout = 718,
  PppRemoteTerminated = 719,
  PppNoProtocolsConfigured = 720,
  PppNoResponse = 721,
  PppNotConverging = 732,
  PppCpRejected = 733,
  PppLcpTerminated = 734,
  PppRequiredAddressRejected = 735,
  PppNcpTerminated = 736,
  PppLoopbackDetected = 737,
  PppNoAddressAssigned = 738,
  NoLocalEncryption = 741,
  BadPhoneNumber = 749,
  BadAddressSpecified = 769,
  ConnectionReject = 770,
  TempFailure = 774,
  Blocked = 775,
  UnableToAuthenticateServer = 778,
  IdleTimeout = 828,
  LinkFailure = 829,
  SystemSuspended = 833,
  ServiceStopped = 834,
  ServerNameNotResolvable = 868,
  AuthProtocolRejected = 917,
  PeerRefusedAuth = 919,
  PppSessionTimeout = 932,
  AuthServerTimeout = 930,
  InterfaceUnreachable = 927,
  DialoutHoursRestriction = 944,
};

constexpr unsigned number(RasError error) { return static_cast<unsigned>(error); }

}  // namespace redial
