metadata description = 'With which settings the application would refuse to start, as sentences. What a whole number may be stands at its type.'

import { applicationSettings } from './applicationSettings.bicep'
import { modelKey, poolName } from './pool.bicep'
import { isBetween, isLanguageTag } from './texts.bicep'
import { visionDeployment } from './types.bicep'

@description('The models of a list, each once.')
func modelsOf(deployments visionDeployment[]) string[] => union(map(deployments, entry => modelKey(entry)), [])

@description('Deployments whose model the catalogue does not know: it has no price for them.')
func unpriced(deployments visionDeployment[]) string[] =>
  map(filter(deployments, entry => entry.?like != null), entry => poolName(entry))

@description('What is wrong with the model of requests that name none.')
func defaultModelProblems(deployments visionDeployment[], defaultModel string) string[] =>
  empty(defaultModel) || contains(concat(map(deployments, entry => entry.model), modelsOf(deployments)), defaultModel)
    ? []
    : [
        'settings.defaultModel is ${defaultModel}, which is not in the pool; it has: ${join(modelsOf(deployments), ', ')}.'
      ]

@description('One sentence, where something is given and not right. What is empty has the application\'s default.')
func unlessRight(given string, isRight bool, sentence string) string[] => empty(given) || isRight ? [] : [sentence]

@description('What is wrong with a limit of spending.')
func budgetProblems(name string, usd string) string[] =>
  unlessRight(
    usd,
    isBetween(usd, 10000, 10000000000000),
    'settings.${name} is "${usd}"; write an amount from 0.01 to 10000000 US dollars, such as 25.'
  )

@description('What is wrong with having a budget at all.')
func unpricedProblems(unpriced string[], settings applicationSettings) string[] =>
  empty(unpriced) || empty('${settings.?dailyBudgetUsd}${settings.?monthlyBudgetUsd}')
    ? []
    : ['The settings have a budget, but the price of ${join(unpriced, ', ')} is not known; a budget cannot be kept.']

@export()
@description('Every problem of the settings; empty where there is none.')
func settingsProblems(deployments visionDeployment[], settings applicationSettings) string[] =>
  concat(
    defaultModelProblems(deployments, settings.?defaultModel ?? ''),
    unlessRight(
      settings.?httpShare ?? '',
      isBetween(settings.?httpShare ?? '', 0, 900000),
      'settings.httpShare is "${settings.?httpShare}"; write a number from 0 to 0.9, such as 0.2.'
    ),
    unlessRight(
      settings.?answerLanguage ?? '',
      isLanguageTag(settings.?answerLanguage ?? ''),
      'settings.answerLanguage is "${settings.?answerLanguage}"; write a language tag such as en or de-CH.'
    ),
    unlessRight(
      settings.?tokenScope ?? '',
      endsWith(settings.?tokenScope ?? '', '/.default'),
      'settings.tokenScope is "${settings.?tokenScope}"; write a resource followed by /.default.'
    ),
    budgetProblems('dailyBudgetUsd', settings.?dailyBudgetUsd ?? ''),
    budgetProblems('monthlyBudgetUsd', settings.?monthlyBudgetUsd ?? ''),
    unpricedProblems(unpriced(deployments), settings)
  )
