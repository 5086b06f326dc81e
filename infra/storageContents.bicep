metadata description = 'Containers, queues and tables by the names that the application knows them by.'

@export()
@description('The code that runs, in the host\'s account.')
var packageContainer = 'packages'

@export()
@description('Where images are dropped.')
var imagesContainer = 'images'

@export()
@description('Where results of dropped images go.')
var resultsContainer = 'results'

@export()
@description('Every container with results; those of HTTP analyses are apart.')
var resultsContainers = [resultsContainer, '${resultsContainer}-http']

@export()
@description('Image bytes that came over HTTP and wait.')
var inboxContainer = 'inbox'

@export()
@description('Events that could not be delivered.')
var deadLettersContainer = 'deadletters'

@export()
@description('Events of uploads, for ingestion `queue`.')
var eventsQueue = 'image-events'

@export()
@description('Every queue of the application.')
var applicationQueues = [
  'analyses-due'
  'analyses-due-poison'
  eventsQueue
  '${eventsQueue}-poison'
  'webjobs-blobtrigger-poison'
]

@export()
@description('Every table of the application.')
var applicationTables = ['analyses', 'analysesByTime', 'answers', 'budget', 'usage', 'pool', 'progress']
