metadata description = 'Settings of the application: their shape as a parameter, and the text that the application reads.'

@sealed()
@description('Days that things are kept; 0 is for ever.')
type retentionDays = {
  @description('Required. Records of analyses.')
  @minValue(0)
  @maxValue(36500)
  records: int

  @description('Required. Image bytes that came over HTTP and wait.')
  @minValue(0)
  @maxValue(36500)
  inbox: int

  @description('Required. Rows of usage.')
  @minValue(0)
  @maxValue(36500)
  usage: int

  @description('Required. Results.')
  @minValue(0)
  @maxValue(36500)
  results: int
}

@description('A port of TCP.')
@minValue(1)
@maxValue(65535)
type tcpPort = int

@export()
@sealed()
@description('Settings of the application. What is left out has the application\'s default, which the template writes down.')
type applicationSettings = {
  @description('Optional. The model of a request that names none. Default: the model of the first deployment.')
  defaultModel: string?

  @description('Optional. What is asked of an image when nothing else says so.')
  defaultTask: ('analyze' | 'describe' | 'objects' | 'text' | 'tables' | 'chart' | 'insights')?

  @description('Optional. What the blob trigger hands over: a reference, or the bytes for hosts whose storage extension knows no references.')
  blobBinding: ('reference' | 'bytes')?

  @description('Optional. Larger uploads are rejected, in bytes.')
  @minValue(1024)
  @maxValue(1073741824)
  uploadMaxBytes: int?

  @description('Optional. Larger images are rejected before decoding, in pixels.')
  @minValue(1)
  @maxValue(268402689)
  imageMaxPixels: int?

  @description('Optional. The most pages of one document that are analysed. Default: 200.')
  @minValue(1)
  @maxValue(10000)
  documentMaxPages: int?

  @description('Optional. How many pages of one document may wait or run at once. Default: what the quota takes in two minutes.')
  @minValue(1)
  @maxValue(10000)
  documentOpenPages: int?

  @description('Optional. Ports that the URL of an image may name. Default: 443.')
  @minLength(1)
  @maxLength(20)
  imageUrlPorts: tcpPort[]?

  @description('Optional. How long a function waits for its start before it hands over to the queue, in milliseconds.')
  @minValue(0)
  @maxValue(60000)
  inlineWaitMs: int?

  @description('Optional. Part of the pool that the backlog may only borrow, as text from 0 to 0.9: `0.2`.')
  httpShare: string?

  @description('Optional. Whether identical bytes and request are answered from the earlier result.')
  reuseAnswers: bool?

  @description('Optional. Language of the answers. Default: the image\'s.')
  answerLanguage: string?

  @description('Optional. How long things are kept.')
  retentionDays: retentionDays?

  @description('Optional. Scope of the tokens for the models, in other clouds than the public one.')
  tokenScope: string?

  @description('Optional. Spending per UTC day after which analyses wait, in USD, as text: `25`.')
  dailyBudgetUsd: string?

  @description('Optional. Spending per UTC month after which analyses wait, in USD, as text: `400`.')
  monthlyBudgetUsd: string?
}

@export()
@description('Settings by name.')
type settingsByName = {
  @description('Value of the setting.')
  *: string
}

@export()
@description('The settings as the application reads them; what is empty has the application\'s default.')
func settingsAsText(settings applicationSettings) settingsByName => {
  DEFAULT_TASK: settings.?defaultTask ?? ''
  BLOB_BINDING: settings.?blobBinding ?? ''
  UPLOAD_MAX_BYTES: string(settings.?uploadMaxBytes ?? '')
  IMAGE_MAX_PIXELS: string(settings.?imageMaxPixels ?? '')
  DOCUMENT_MAX_PAGES: string(settings.?documentMaxPages ?? '')
  DOCUMENT_OPEN_PAGES: string(settings.?documentOpenPages ?? '')
  IMAGE_URL_PORTS: join(map(settings.?imageUrlPorts ?? [], port => string(port)), ',')
  INLINE_WAIT_MS: string(settings.?inlineWaitMs ?? '')
  HTTP_SHARE: settings.?httpShare ?? ''
  REUSE_ANSWERS: toLower(string(settings.?reuseAnswers ?? ''))
  ANSWER_LANGUAGE: settings.?answerLanguage ?? ''
  RETENTION_DAYS: settings.?retentionDays == null ? '' : string(settings.?retentionDays)
  DAILY_BUDGET_USD: settings.?dailyBudgetUsd ?? ''
  MONTHLY_BUDGET_USD: settings.?monthlyBudgetUsd ?? ''
  TOKEN_SCOPE: settings.?tokenScope ?? ''
}
