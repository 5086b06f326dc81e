// Historic: gpt-4 vision-preview as it was offered in early 2024, four regions with 10K tokens per minute each. The
// model is retired, so it deploys only where a subscription still has it; hence the line that allows it by name.
using '../main.bicep'

param environmentName = 'seed'
param location = 'swedencentral'
param allowedRetiredModels = ['gpt-4@vision-preview']

param deployments = [
  {
    region: 'australiaeast'
    deployment: 'gpt-4-vision-preview'
    model: 'gpt-4'
    version: 'vision-preview'
    sku: 'Standard'
    capacity: 10
    apiVersion: '2023-12-01-preview'
  }
  {
    region: 'swedencentral'
    deployment: 'gpt-4-vision-preview'
    model: 'gpt-4'
    version: 'vision-preview'
    sku: 'Standard'
    capacity: 10
    apiVersion: '2023-12-01-preview'
  }
  {
    region: 'switzerlandnorth'
    deployment: 'gpt-4-vision-preview'
    model: 'gpt-4'
    version: 'vision-preview'
    sku: 'Standard'
    capacity: 10
    apiVersion: '2023-12-01-preview'
  }
  {
    region: 'westus'
    deployment: 'gpt-4-vision-preview'
    model: 'gpt-4'
    version: 'vision-preview'
    sku: 'Standard'
    capacity: 10
    apiVersion: '2023-12-01-preview'
  }
]
