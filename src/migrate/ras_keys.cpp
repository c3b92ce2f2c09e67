// SPDX-License-Identifier: Apache-2.0
#include "migrate/ras_keys.h"

#include <algorithm>

#include "phonebook/text.h"

namespace redial::migrate {
namespace {

using enum Column;

// clang-format off
constexpr RasKey kKeys[] = {
    // The entry.
    {"Encoding PBVersion Guid DialParamsUID LowDateTime HighDateTime", NotNeeded, "the file's own bookkeeping"},
    {"Type", Kept, "type"},
    {"RedialAttempts", Kept, "redial.attempts; after them it is tried on, in growing steps"},
    {"RedialSeconds", Kept, "redial.pause"},
    {"RedialOnLinkFailure", Kept, "redial.on_link_failure, on a line that is watched"},
    {"IdleDisconnectSeconds", Kept, "idle_disconnect"},
    {"OverridePref", NotNeeded, "the entry's own settings always count"},
    {"BaseProtocol", Translated, "framing"},
    {"ExcludedProtocols", Translated, "ipv6; IPX and NetBEUI are not carried"},
    {"LcpExtensions", NotNeeded, "what the peer refuses is not used"},
    {"SwCompression", NotNeeded, "data are not compressed here"},
    {"DataEncryption", Kept, "encryption"},
    {"AuthRestrictions", Translated, "auth"},
    {"CustomAuthKey", Translated, "eap_type"},
    {"CustomAuthData", Dropped, "EAP is not spoken", true},
    {"AuthenticateServer", Dropped, "allow only what proves the server: auth = [\"mschap-v2\"]"},
    {"TypicalAuth", NotNeeded, "AuthRestrictions says it"},
    {"AutoLogon UseRasCredentials CacheCredentials", NotNeeded, "names and passwords are in the credentials"},
    {"PreviewUserPw PreviewUsePw PreviewDomain PreviewPhoneNumber ShowDialingProgress ShowMonitorIconInTaskBar SkipNwcWarning SkipDownLevelDialog SkipDoubleDialDialog", NotNeeded, "dialog boxes"},
    {"CallbackMode", Kept, "callback"},
    {"PrerequisiteEntry", Kept, "prerequisite"},
    {"PrerequisitePbk", Kept, "prerequisite_book"},
    {"CustomDialDll CustomDialFunc CustomRasDialDll CustomRRASDialDll CustomScript", Dropped, "no library of Windows' is run"},
    {"DialMode", Translated, "multilink"},
    {"DialPercent DialSeconds HangUpPercent HangUpSeconds NegotiateMultilinkAlways", NotNeeded, "one line is used at a time"},
    {"OtherPortOk", Translated, "lines: any of them may be used"},
    {"SharedPhoneNumbers GlobalDeviceSettings", NotNeeded, "each entry has its own"},
    {"ShareMsFilePrint BindMsNetClient NETCOMPONENTS ms_msclient ms_server ms_psched ms_pacer ms_nwclient ms_netbios", NotNeeded, "bindings of Windows' network"},
    {"PreferredPort PreferredDevice PreferredBps PreferredHwFlow PreferredProtocol PreferredCompression PreferredSpeaker PreferredMdmProtocol", NotNeeded, "Port, Device and what goes with them say the same"},
    {"VpnStrategy IpSecFlags ForceSecureCompartment DisableIKENameEkuCheck IDI IDR ImsConfig IdiType IdrType NumCustomPolicy NumEku UseMachineRootCert Disable_IKEv2_Fragmentation PlumbIKEv2TSAsRoutes NumServers ServerListServerName ServerListFriendlyName DisableMobility NetworkOutageTime ProvisionType", Dropped, "VPNs are not built here", false, RasKey::Of::Vpn},
    {"PreSharedKey GREKeyDefined", Dropped, "VPNs are not built here", true, RasKey::Of::Vpn},

    // IP.
    {"IpPrioritizeRemote", Kept, "default_route"},
    {"IpInterfaceMetric", Kept, "metric"},
    {"IpHeaderCompression", Kept, "vj"},
    {"IpAssign IpAddress", Kept, "address"},
    {"SlipIpAddress", Kept, "address; framing = \"slip\", which is refused"},
    {"IpNameAssign IpDnsAddress IpDns2Address", Kept, "dns, dns2"},
    {"IpWinsAddress IpWins2Address IpNBTFlags", NotNeeded, "NetBIOS is not carried"},
    {"IpFrameSize TcpWindowSize UseFlags IpDnsFlags fCachedDnsSuffix IpCachedDnsSuffix", NotNeeded, "the system's own, or negotiated"},
    {"IpDnsSuffix DisableDefaultDnsSuffixes NumDnsSearchSuffixes DnsSuffixSearchList NumNrptRules NrptRules", Dropped, "search domains are the system's"},
    {"Ipv6Assign", Translated, "ipv6, unless it is excluded"},
    {"Ipv6Address Ipv6PrefixLength Ipv6PrioritizeRemote Ipv6InterfaceMetric Ipv6NameAssign Ipv6DnsAddress Ipv6Dns2Address Ipv6Prefix Ipv6InterfaceId", NotNeeded, "IPv6 is negotiated; ipv6_address sets one of your own"},
    {"DisableClassBasedDefaultRoute RouteVersion NumRoutes AutoTiggerCapable AutoTriggerCapable NumAppIds NumClassicAppIds NumTrustedNetworks TrustedNetworks NumPerAppTrafficFilters AlwaysOnCapable DeviceTunnel PrivateNetwork ManagementApp", NotNeeded, "write routes where they are wanted"},
    {"SecurityDescriptor DeviceComplianceEnabled DeviceComplianceSsoEnabled DeviceComplianceSsoEku DeviceComplianceSsoIssuer WebAuthEnabled WebAuthClientId FlagsSet Options PowershellCreatedProfile ProxyFlags ProxySettingsModified ProvisioningAuthority AuthTypeOTP", NotNeeded, "Windows' own bookkeeping"},
    {"ApnInfoProviderId ApnInfoAccessPoint ApnInfoAuthentication ApnInfoCompression", Dropped, "there is no carrier for mobile data without a serial port yet", false, RasKey::Of::Mobile},
    {"ApnInfoUsername ApnInfoPassword", Dropped, "there is no carrier for mobile data without a serial port yet", true, RasKey::Of::Mobile},

    // Devices.
    {"MEDIA", Translated, "kind of the line"},
    {"Port", MadeSafer, "line: a device of this machine, watched however it was bound before (KB Q153376)"},
    {"DEVICE", Translated, "device and device_type; its section of MODEM.INF describes the line"},
    {"ConnectBPS", Kept, "connect_bps"},
    {"HwFlowControl", Kept, "hw_flow_control"},
    {"Protocol", Kept, "error_control"},
    {"Compression", Kept, "compression"},
    {"Speaker", Kept, "speaker"},
    {"MdmProtocol LineType Fallback EnableCompression ChannelAggregation Proprietary", NotNeeded, "the modem's own default"},
    {"Terminal", Kept, "terminal, terminal_before"},
    {"Name Script", Translated, "script, or script_before for one in front of the modem"},
    {"X25Pad", Translated, "x25_pad: its section of PAD.INF logs on to the pad"},
    {"X25Address", Kept, "x25_address"},
    {"UserData", Kept, "x25_user_data in the credentials", true},
    {"Facilities", Kept, "x25_facilities in the credentials", true},
    {"PhoneNumber AreaCode CountryCode CountryID UseDialingRules Comment", Kept, "number, numbers"},
    {"FriendlyName", NotNeeded, "comment says it"},
    {"LastSelectedPhone", Kept, "first_number"},
    {"PromoteAlternates", Kept, "promote_numbers"},
    {"TryNextAlternateOnFail", Kept, "try_next_number"},

    // SERIAL.INI and the registry.
    {"DeviceName", Translated, "its section of MODEM.INF describes the line"},
    {"InitialBps MaxConnectBps MaxCarrierBps", Kept, "speed of the line"},
    {"EnableUnimodem", MadeSafer, "lines are watched with MODEM.INF as with Unimodem"},
};
// clang-format on

}  // namespace

std::span<const RasKey> ras_keys() { return kKeys; }

const RasKey* find_ras_key(std::string_view name) {
  for (const RasKey& key : kKeys) {
    for (std::string_view rest = key.names; !rest.empty();) {
      const size_t blank = std::min(rest.find(' '), rest.size());
      if (phonebook::same_word(rest.substr(0, blank), name)) return &key;
      rest.remove_prefix(std::min(blank + 1, rest.size()));
    }
  }
  return nullptr;
}

}  // namespace redial::migrate
