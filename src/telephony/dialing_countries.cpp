// SPDX-License-Identifier: Apache-2.0
// After the ITU's list of assigned country codes and its national numbering plans (E.164, Annex;
// E.129). Where a carrier must be chosen, L and M stand for its code (KB Q820886).
#include "telephony/dialing_countries.h"

#include <fmt/format.h>

#include <algorithm>

namespace redial::telephony {
namespace {

// clang-format off
constexpr Country kCountries[] = {
    //   code, name                                    local   long distance  international
    {1,   "North America",                             "G",    "1FG",         "011EFG"},
    {20,  "Egypt",                                     "G",    "0FG",         "00EFG"},
    {211, "South Sudan",                               "0FG",  "0FG",         "00EFG"},
    {212, "Morocco",                                   "0FG",  "0FG",         "00EFG"},
    {213, "Algeria",                                   "0FG",  "0FG",         "00EFG"},
    {216, "Tunisia",                                   "FG",   "FG",          "00EFG"},
    {218, "Libya",                                     "0FG",  "0FG",         "00EFG"},
    {220, "Gambia",                                    "FG",   "FG",          "00EFG"},
    {221, "Senegal",                                   "FG",   "FG",          "00EFG"},
    {222, "Mauritania",                                "FG",   "FG",          "00EFG"},
    {223, "Mali",                                      "FG",   "FG",          "00EFG"},
    {224, "Guinea",                                    "FG",   "FG",          "00EFG"},
    {225, "Ivory Coast",                               "FG",   "FG",          "00EFG"},
    {226, "Burkina Faso",                              "FG",   "FG",          "00EFG"},
    {227, "Niger",                                     "FG",   "FG",          "00EFG"},
    {228, "Togo",                                      "FG",   "FG",          "00EFG"},
    {229, "Benin",                                     "FG",   "FG",          "00EFG"},
    {230, "Mauritius",                                 "FG",   "FG",          "00EFG"},
    {231, "Liberia",                                   "",     "",            ""},
    {232, "Sierra Leone",                              "0FG",  "0FG",         "00EFG"},
    {233, "Ghana",                                     "0FG",  "0FG",         "00EFG"},
    {234, "Nigeria",                                   "0FG",  "0FG",         "009EFG"},
    {235, "Chad",                                      "FG",   "FG",          "00EFG"},
    {236, "Central African Republic",                  "FG",   "FG",          "00EFG"},
    {237, "Cameroon",                                  "FG",   "FG",          "00EFG"},
    {238, "Cape Verde",                                "FG",   "FG",          "00EFG"},
    {239, "Sao Tome and Principe",                     "FG",   "FG",          "00EFG"},
    {240, "Equatorial Guinea",                         "FG",   "FG",          "00EFG"},
    {241, "Gabon",                                     "",     "",            ""},
    {242, "Congo",                                     "FG",   "FG",          "00EFG"},
    {243, "Democratic Republic of the Congo",          "0FG",  "0FG",         "00EFG"},
    {244, "Angola",                                    "FG",   "FG",          "00EFG"},
    {245, "Guinea-Bissau",                             "FG",   "FG",          "00EFG"},
    {246, "Diego Garcia",                              "FG",   "FG",          "00EFG"},
    {247, "Ascension",                                 "FG",   "FG",          "00EFG"},
    {248, "Seychelles",                                "FG",   "FG",          "00EFG"},
    {249, "Sudan",                                     "0FG",  "0FG",         "00EFG"},
    {250, "Rwanda",                                    "0FG",  "0FG",         "00EFG"},
    {251, "Ethiopia",                                  "0FG",  "0FG",         "00EFG"},
    {252, "Somalia",                                   "",     "",            ""},
    {253, "Djibouti",                                  "FG",   "FG",          "00EFG"},
    {254, "Kenya",                                     "G",    "0FG",         "000EFG"},
    {255, "Tanzania",                                  "0FG",  "0FG",         "000EFG"},
    {256, "Uganda",                                    "0FG",  "0FG",         "000EFG"},
    {257, "Burundi",                                   "FG",   "FG",          "00EFG"},
    {258, "Mozambique",                                "FG",   "FG",          "00EFG"},
    {260, "Zambia",                                    "0FG",  "0FG",         "00EFG"},
    {261, "Madagascar",                                "0FG",  "0FG",         "00EFG"},
    {262, "Reunion, Mayotte",                          "0FG",  "0FG",         "00EFG"},
    {263, "Zimbabwe",                                  "G",    "0FG",         "00EFG"},
    {264, "Namibia",                                   "0FG",  "0FG",         "00EFG"},
    {265, "Malawi",                                    "",     "",            ""},
    {266, "Lesotho",                                   "FG",   "FG",          "00EFG"},
    {267, "Botswana",                                  "FG",   "FG",          "00EFG"},
    {268, "Eswatini",                                  "FG",   "FG",          "00EFG"},
    {269, "Comoros",                                   "FG",   "FG",          "00EFG"},
    {27,  "South Africa",                              "0FG",  "0FG",         "00EFG"},
    {290, "Saint Helena",                              "FG",   "FG",          "00EFG"},
    {291, "Eritrea",                                   "0FG",  "0FG",         "00EFG"},
    {297, "Aruba",                                     "FG",   "FG",          "00EFG"},
    {298, "Faroe Islands",                             "FG",   "FG",          "00EFG"},
    {299, "Greenland",                                 "FG",   "FG",          "00EFG"},
    {30,  "Greece",                                    "FG",   "FG",          "00EFG"},
    {31,  "Netherlands",                               "G",    "0FG",         "00EFG"},
    {32,  "Belgium",                                   "0FG",  "0FG",         "00EFG"},
    {33,  "France",                                    "0FG",  "0FG",         "00EFG"},
    {34,  "Spain",                                     "FG",   "FG",          "00EFG"},
    {350, "Gibraltar",                                 "FG",   "FG",          "00EFG"},
    {351, "Portugal",                                  "FG",   "FG",          "00EFG"},
    {352, "Luxembourg",                                "FG",   "FG",          "00EFG"},
    {353, "Ireland",                                   "G",    "0FG",         "00EFG"},
    {354, "Iceland",                                   "FG",   "FG",          "00EFG"},
    {355, "Albania",                                   "0FG",  "0FG",         "00EFG"},
    {356, "Malta",                                     "FG",   "FG",          "00EFG"},
    {357, "Cyprus",                                    "FG",   "FG",          "00EFG"},
    {358, "Finland",                                   "G",    "0FG",         "00EFG"},
    {359, "Bulgaria",                                  "G",    "0FG",         "00EFG"},
    {36,  "Hungary",                                   "G",    "06FG",        "00EFG"},
    {370, "Lithuania",                                 "",     "",            ""},
    {371, "Latvia",                                    "FG",   "FG",          "00EFG"},
    {372, "Estonia",                                   "FG",   "FG",          "00EFG"},
    {373, "Moldova",                                   "0FG",  "0FG",         "00EFG"},
    {374, "Armenia",                                   "0FG",  "0FG",         "00EFG"},
    {375, "Belarus",                                   "G",    "8FG",         "810EFG"},
    {376, "Andorra",                                   "FG",   "FG",          "00EFG"},
    {377, "Monaco",                                    "FG",   "FG",          "00EFG"},
    {378, "San Marino",                                "FG",   "FG",          "00EFG"},
    {379, "Vatican (unused: +39 is)",                  "",     "",            ""},
    {380, "Ukraine",                                   "0FG",  "0FG",         "00EFG"},
    {381, "Serbia",                                    "G",    "0FG",         "00EFG"},
    {382, "Montenegro",                                "0FG",  "0FG",         "00EFG"},
    {383, "Kosovo",                                    "0FG",  "0FG",         "00EFG"},
    {385, "Croatia",                                   "G",    "0FG",         "00EFG"},
    {386, "Slovenia",                                  "G",    "0FG",         "00EFG"},
    {387, "Bosnia and Herzegovina",                    "G",    "0FG",         "00EFG"},
    {389, "North Macedonia",                           "0FG",  "0FG",         "00EFG"},
    {39,  "Italy",                                     "FG",   "FG",          "00EFG"},
    {40,  "Romania",                                   "0FG",  "0FG",         "00EFG"},
    {41,  "Switzerland",                               "0FG",  "0FG",         "00EFG"},
    {420, "Czechia",                                   "FG",   "FG",          "00EFG"},
    {421, "Slovakia",                                  "G",    "0FG",         "00EFG"},
    {423, "Liechtenstein",                             "FG",   "FG",          "00EFG"},
    {43,  "Austria",                                   "G",    "0FG",         "00EFG"},
    {44,  "United Kingdom",                            "G",    "0FG",         "00EFG"},
    {45,  "Denmark",                                   "FG",   "FG",          "00EFG"},
    {46,  "Sweden",                                    "G",    "0FG",         "00EFG"},
    {47,  "Norway",                                    "FG",   "FG",          "00EFG"},
    {48,  "Poland",                                    "FG",   "FG",          "00EFG"},
    {49,  "Germany",                                   "G",    "0FG",         "00EFG"},
    {500, "Falkland Islands",                          "FG",   "FG",          "00EFG"},
    {501, "Belize",                                    "FG",   "FG",          "00EFG"},
    {502, "Guatemala",                                 "FG",   "FG",          "00EFG"},
    {503, "El Salvador",                               "FG",   "FG",          "00EFG"},
    {504, "Honduras",                                  "FG",   "FG",          "00EFG"},
    {505, "Nicaragua",                                 "FG",   "FG",          "00EFG"},
    {506, "Costa Rica",                                "FG",   "FG",          "00EFG"},
    {507, "Panama",                                    "FG",   "FG",          "00EFG"},
    {508, "Saint Pierre and Miquelon",                 "0FG",  "0FG",         "00EFG"},
    {509, "Haiti",                                     "FG",   "FG",          "00EFG"},
    {51,  "Peru",                                      "G",    "0FG",         "00EFG"},
    {52,  "Mexico",                                    "FG",   "FG",          "00EFG"},
    {53,  "Cuba",                                      "G",    "0FG",         "119EFG"},
    {54,  "Argentina",                                 "G",    "0FG",         "00EFG"},
    {55,  "Brazil",                                    "G",    "0LFG",        "00MEFG"},
    {56,  "Chile",                                     "FG",   "FG",          "M0EFG"},
    {57,  "Colombia",                                  "",     "",            ""},
    {58,  "Venezuela",                                 "G",    "0FG",         "00EFG"},
    {590, "Guadeloupe",                                "0FG",  "0FG",         "00EFG"},
    {591, "Bolivia",                                   "G",    "0NFG",        "00SEFG"},
    {592, "Guyana",                                    "FG",   "FG",          "001EFG"},
    {593, "Ecuador",                                   "G",    "0FG",         "00EFG"},
    {594, "French Guiana",                             "0FG",  "0FG",         "00EFG"},
    {595, "Paraguay",                                  "G",    "0FG",         "00EFG"},
    {596, "Martinique",                                "0FG",  "0FG",         "00EFG"},
    {597, "Suriname",                                  "FG",   "FG",          "00EFG"},
    {598, "Uruguay",                                   "FG",   "FG",          "00EFG"},
    {599, "Curacao, Bonaire, Saba, Sint Eustatius",    "FG",   "FG",          "00EFG"},
    {60,  "Malaysia",                                  "G",    "0FG",         "00EFG"},
    {61,  "Australia",                                 "G",    "0FG",         "0011EFG"},
    {62,  "Indonesia",                                 "G",    "0FG",         "001EFG"},
    {63,  "Philippines",                               "G",    "0FG",         "00EFG"},
    {64,  "New Zealand",                               "G",    "0FG",         "00EFG"},
    {65,  "Singapore",                                 "FG",   "FG",          "001EFG"},
    {66,  "Thailand",                                  "0FG",  "0FG",         "001EFG"},
    {670, "East Timor",                                "FG",   "FG",          "00EFG"},
    {672, "Australian external territories",           "FG",   "FG",          "00EFG"},
    {673, "Brunei",                                    "FG",   "FG",          "00EFG"},
    {674, "Nauru",                                     "FG",   "FG",          "00EFG"},
    {675, "Papua New Guinea",                          "FG",   "FG",          "00EFG"},
    {676, "Tonga",                                     "FG",   "FG",          "00EFG"},
    {677, "Solomon Islands",                           "FG",   "FG",          "00EFG"},
    {678, "Vanuatu",                                   "FG",   "FG",          "00EFG"},
    {679, "Fiji",                                      "FG",   "FG",          "00EFG"},
    {680, "Palau",                                     "FG",   "FG",          "011EFG"},
    {681, "Wallis and Futuna",                         "FG",   "FG",          "00EFG"},
    {682, "Cook Islands",                              "FG",   "FG",          "00EFG"},
    {683, "Niue",                                      "FG",   "FG",          "00EFG"},
    {685, "Samoa",                                     "",     "",            ""},
    {686, "Kiribati",                                  "",     "",            ""},
    {687, "New Caledonia",                             "FG",   "FG",          "00EFG"},
    {688, "Tuvalu",                                    "FG",   "FG",          "00EFG"},
    {689, "French Polynesia",                          "FG",   "FG",          "00EFG"},
    {690, "Tokelau",                                   "FG",   "FG",          "00EFG"},
    {691, "Micronesia",                                "",     "",            ""},
    {692, "Marshall Islands",                          "",     "",            ""},
    {7,   "Russia, Kazakhstan",                        "G",    "8FG",         "810EFG"},
    {800, "International freephone",                   "",     "",            ""},
    {808, "International shared cost",                 "",     "",            ""},
    {81,  "Japan",                                     "G",    "0FG",         "010EFG"},
    {82,  "South Korea",                               "G",    "0FG",         "001EFG"},
    {84,  "Vietnam",                                   "G",    "0FG",         "00EFG"},
    {850, "North Korea",                               "",     "",            ""},
    {852, "Hong Kong",                                 "FG",   "FG",          "001EFG"},
    {853, "Macau",                                     "FG",   "FG",          "00EFG"},
    {855, "Cambodia",                                  "0FG",  "0FG",         "001EFG"},
    {856, "Laos",                                      "G",    "0FG",         "00EFG"},
    {86,  "China",                                     "G",    "0FG",         "00EFG"},
    {870, "Inmarsat",                                  "",     "",            ""},
    {878, "Universal personal telecommunications",     "",     "",            ""},
    {880, "Bangladesh",                                "0FG",  "0FG",         "00EFG"},
    {881, "Global mobile satellite systems",           "",     "",            ""},
    {882, "International networks",                    "",     "",            ""},
    {883, "International networks",                    "",     "",            ""},
    {886, "Taiwan",                                    "G",    "0FG",         "002EFG"},
    {888, "Disaster relief",                           "",     "",            ""},
    {90,  "Turkey",                                    "G",    "0FG",         "00EFG"},
    {91,  "India",                                     "G",    "0FG",         "00EFG"},
    {92,  "Pakistan",                                  "G",    "0FG",         "00EFG"},
    {93,  "Afghanistan",                               "0FG",  "0FG",         "00EFG"},
    {94,  "Sri Lanka",                                 "G",    "0FG",         "00EFG"},
    {95,  "Myanmar",                                   "G",    "0FG",         "00EFG"},
    {960, "Maldives",                                  "FG",   "FG",          "00EFG"},
    {961, "Lebanon",                                   "0FG",  "0FG",         "00EFG"},
    {962, "Jordan",                                    "0FG",  "0FG",         "00EFG"},
    {963, "Syria",                                     "G",    "0FG",         "00EFG"},
    {964, "Iraq",                                      "G",    "0FG",         "00EFG"},
    {965, "Kuwait",                                    "FG",   "FG",          "00EFG"},
    {966, "Saudi Arabia",                              "0FG",  "0FG",         "00EFG"},
    {967, "Yemen",                                     "G",    "0FG",         "00EFG"},
    {968, "Oman",                                      "FG",   "FG",          "00EFG"},
    {970, "Palestine",                                 "G",    "0FG",         "00EFG"},
    {971, "United Arab Emirates",                      "G",    "0FG",         "00EFG"},
    {972, "Israel",                                    "G",    "0FG",         "00EFG"},
    {973, "Bahrain",                                   "FG",   "FG",          "00EFG"},
    {974, "Qatar",                                     "FG",   "FG",          "00EFG"},
    {975, "Bhutan",                                    "FG",   "FG",          "00EFG"},
    {976, "Mongolia",                                  "",     "",            ""},
    {977, "Nepal",                                     "G",    "0FG",         "00EFG"},
    {979, "International premium rate",                "",     "",            ""},
    {98,  "Iran",                                      "G",    "0FG",         "00EFG"},
    {992, "Tajikistan",                                "",     "",            ""},
    {993, "Turkmenistan",                              "G",    "8FG",         "810EFG"},
    {994, "Azerbaijan",                                "0FG",  "0FG",         "00EFG"},
    {995, "Georgia",                                   "0FG",  "0FG",         "00EFG"},
    {996, "Kyrgyzstan",                                "0FG",  "0FG",         "00EFG"},
    {998, "Uzbekistan",                                "",     "",            ""},
};
// clang-format on

constexpr size_t kCodeDigitsMax = 3;

}  // namespace

std::span<const Country> countries() { return kCountries; }

const Country* country_of(uint32_t code) {
  const auto found = std::ranges::find(kCountries, code, &Country::code);
  return found == std::end(kCountries) ? nullptr : &*found;
}

const Country* country_at_front(std::string_view digits) {
  uint32_t code = 0;
  for (size_t i = 0; i < std::min(kCodeDigitsMax, digits.size()); ++i) {
    if (digits[i] < '0' || digits[i] > '9') return nullptr;
    code = code * 10 + static_cast<uint32_t>(digits[i] - '0');
    if (const Country* found = country_of(code)) return found;
  }
  return nullptr;
}

std::string country_text(uint32_t code) {
  const Country* country = country_of(code);
  return country == nullptr ? fmt::format("+{}", code)
                            : fmt::format("+{} ({})", code, country->name);
}

std::string_view prefix_of(std::string_view rule) {
  // Carrier codes come before the prefix or after it; they are not part of it.
  while (!rule.empty() && std::string_view("NLSM").find(rule.front()) != std::string_view::npos) {
    rule.remove_prefix(1);
  }
  return rule.substr(0, rule.find_first_not_of("0123456789"));
}

}  // namespace redial::telephony
