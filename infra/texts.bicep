metadata description = 'What a text holds, for values that are given as text: Bicep has neither patterns nor decimals.'

@export()
@description('Whether a text holds something, and nothing but these characters.')
func isMadeOf(text string, characters string) bool =>
  !empty(text) && empty(filter(
    map(range(0, length(text)), place => substring(text, place, 1)),
    character => !contains(characters, character)
  ))

@description('A part of a text; empty where it has fewer.')
func partOf(text string, separator string, place int) string => split(text, separator)[?place] ?? ''

@description('Whether a text is a decimal as one writes it, with up to nine digits and six decimals.')
func isDecimal(text string) bool =>
  !contains(
    [
      isMadeOf(replace(text, '.', ''), '0123456789')
      length(split(text, '.')) <= 2
      !startsWith(text, '.')
      !endsWith(text, '.')
      length(partOf(text, '.', 0)) <= 9
      length(partOf(text, '.', 1)) <= 6
    ],
    false
  )

@description('A decimal in millionths: functions of numbers take whole ones only.')
func millionths(decimal string) int =>
  int(partOf(decimal, '.', 0)) * 1000000 + int(substring('${partOf(decimal, '.', 1)}000000', 0, 6))

@export()
@description('Whether a text is a decimal from `least` to `most`, both in millionths.')
func isBetween(text string, least int, most int) bool =>
  isDecimal(text) ? millionths(text) >= least && millionths(text) <= most : false

@description('Whether a text is as many letters.')
func isLetters(text string, count int) bool =>
  length(text) == count && isMadeOf(toLower(text), 'abcdefghijklmnopqrstuvwxyz')

@description('Whether a text is the region of a language tag: `CH`, `419`.')
func isRegion(text string) bool => isLetters(text, 2) || length(text) == 3 && isMadeOf(text, '0123456789')

@description('Whether a text is a date: `2024-10-21`.')
func isDate(text string) bool =>
  isMadeOf(replace(text, '-', ''), '0123456789') && join(map(split(text, '-'), part => '${length(part)}'), '-') == '4-2-2'

@export()
@description('Whether a text is a dated API version: `2024-10-21`, `2024-08-01-preview`.')
func isApiVersion(text string) bool =>
  isDate(text) || endsWith(text, '-preview') && isDate(substring(text, 0, max(0, length(text) - length('-preview'))))

@description('Whether a text is a whole number up to `most`, as one writes it.')
func isUpTo(text string, most int) bool =>
  isMadeOf(text, '0123456789') && length(text) <= 3 ? int(text) <= most : false

@description('Whether a text is an address of IPv4.')
func isIpv4(text string) bool =>
  length(split(text, '.')) == 4 && empty(filter(split(text, '.'), part => !isUpTo(part, 255)))

@description('Whether a text looks like an address of IPv6. Azure checks it to the letter.')
func isIpv6(text string) bool => contains(text, ':') && isMadeOf(toLower(text), '0123456789abcdef:')

@export()
@description('Whether a text is a range of addresses: `203.0.113.0/24`, `2001:db8::/48`.')
func isAddressRange(text string) bool =>
  length(split(text, '/')) == 2 && (isIpv4(partOf(text, '/', 0)) && isUpTo(partOf(text, '/', 1), 32) || isIpv6(partOf(
    text,
    '/',
    0
  )) && isUpTo(partOf(text, '/', 1), 128))

@export()
@description('The date of an API version as a number, by which versions are compared: 20240801.')
func dateNumber(apiVersion string) int => int(replace(substring(apiVersion, 0, 10), '-', ''))

@export()
@description('Whether a text is a language, with its script and its region if it names them: `en`, `de-CH`, `zh-Hant-TW`.')
func isLanguageTag(text string) bool =>
  (isLetters(partOf(text, '-', 0), 2) || isLetters(partOf(text, '-', 0), 3)) && contains(
    [
      length(split(text, '-')) == 1
      length(split(text, '-')) == 2 && (isLetters(partOf(text, '-', 1), 4) || isRegion(partOf(text, '-', 1)))
      length(split(text, '-')) == 3 && isLetters(partOf(text, '-', 1), 4) && isRegion(partOf(text, '-', 2))
    ],
    true
  )
