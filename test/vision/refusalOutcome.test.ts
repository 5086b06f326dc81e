import { describe, expect, it } from 'vitest';
import { publishedErrorNames, publishedErrors } from '../../local/regions/publishedErrors.ts';
import { filteredPrompt } from '../../shared/vision/contentFilter.ts';
import { type Blame, blameOf } from '../../shared/vision/refusalOutcome.ts';

const error = (code: string | null, message: string, param: string | null = null) => ({
  error: { code, message, param, type: 'invalid_request_error' },
});

const misconfigured: Blame = { on: 'deployment', reason: 'misconfigured' };
const gone: Blame = { on: 'deployment', reason: 'not-found' };
const closed: Blame = { on: 'deployment', reason: 'forbidden' };
const spent: Blame = { on: 'deployment', reason: 'payment' };
const request: Blame = { on: 'request' };
const unknown: Blame = { on: 'unknown' };
const undecodable: Blame = { on: 'image', fault: 'undecodable' };
const unsupported: Blame = { on: 'image', fault: 'unsupported' };
const tooLarge: Blame = { on: 'image', fault: 'too-large' };

describe('blameOf', () => {
  it.each<[Blame, string, unknown]>([
    [
      misconfigured,
      'OperationNotSupported',
      error(
        'OperationNotSupported',
        'The chatCompletion operation does not work with the specified model, gpt-35-turbo.',
      ),
    ],
    [
      misconfigured,
      'the same behind a gateway',
      error(
        '400',
        'litellm.BadRequestError: AzureException - The chatCompletion operation does not work with the specified model, gpt-35-turbo.',
      ),
    ],
    [
      misconfigured,
      'unsupported_parameter',
      error(
        'unsupported_parameter',
        "Unsupported parameter: 'max_tokens' is not supported with this model.",
        'max_tokens',
      ),
    ],
    [
      misconfigured,
      'unsupported_value',
      error('unsupported_value', "Unsupported value: 'temperature' does not support 0 with this model.", 'temperature'),
    ],
    [
      misconfigured,
      'an effort',
      error(
        'invalid_value',
        "Invalid value: 'none'. Supported values are: 'low', 'medium', and 'high'.",
        'reasoning_effort',
      ),
    ],
    [
      misconfigured,
      'an unknown argument',
      error(null, 'Unrecognized request argument supplied: max_completion_tokens'),
    ],
    [
      misconfigured,
      'several unknown arguments',
      error(null, 'Unrecognized request arguments supplied: reasoning_effort, store'),
    ],
    [
      misconfigured,
      'unknown_parameter',
      error('unknown_parameter', "Unknown parameter: 'reasoning_effort'.", 'reasoning_effort'),
    ],
    [
      misconfigured,
      'an API version before the model',
      error('BadRequest', 'Model {modelName} is enabled only for api versions 2024-12-01-preview and later'),
    ],
    [
      misconfigured,
      'an API version before schemas',
      error(
        'BadRequest',
        'response_format value as json_schema is enabled only for api versions 2024-08-01-preview and later',
      ),
    ],
    [misconfigured, 'an API version that is not served', error('BadRequest', 'API version not supported')],
    [
      misconfigured,
      'an API version on v1',
      error('BadRequest', 'api-version query parameter is not allowed when using /v1 path'),
    ],
    [
      misconfigured,
      'no API version',
      error(
        'MissingApiVersionParameter',
        'The api-version query parameter (?api-version=) is required for all requests.',
      ),
    ],
    [
      misconfigured,
      'a model without sight',
      error(
        null,
        'Invalid content type. image_url is only supported by certain models.',
        'messages.[1].content.[1].type',
      ),
    ],
    [
      misconfigured,
      'another server’s model without sight',
      { object: 'error', message: 'llama is not a multimodal model', code: 400 },
    ],
    [
      misconfigured,
      'an argument too many, by a validator',
      {
        detail: [{ type: 'extra_forbidden', msg: 'Extra inputs are not permitted' }],
        message: 'Extra inputs are not permitted',
      },
    ],
    [gone, 'a retired model', error('ModelDeprecated', 'The model has been retired.')],
    [
      gone,
      'a retired model, by its sentence',
      error('BadRequest', "The model 'gpt-4' version 'vision-preview' has been deprecated since 2024-12-10."),
    ],
    [
      gone,
      'a model that is not there',
      error('BadRequest', 'The model `gpt-4v` does not exist or you do not have access to it.'),
    ],
    [closed, 'a firewall', error('BadRequest', 'Public access is disabled. Please configure private endpoint.')],
    [closed, 'a subscription', error('BadRequest', 'The subscription is suspended.')],
    [spent, 'a usage limit', error('BadRequest', 'You have reached your monthly usage limit.')],
    [spent, 'a billing limit', error('billing_hard_limit_reached', 'Billing hard limit has been reached')],
    [
      request,
      'a prompt that is too long',
      error('context_length_exceeded', "This model's maximum context length is 128000 tokens."),
    ],
    [
      request,
      'the same without a code',
      error(null, "This model's maximum context length is 128000 tokens, however you requested 130000."),
    ],
    [
      request,
      'a schema',
      error(null, "Invalid schema for response_format 'extract': api-version is not supported.", 'response_format'),
    ],
    [undecodable, 'base64', error('BadRequest', 'Invalid image (base64) data.')],
    [
      undecodable,
      'a parser',
      error('image_parse_error', 'You uploaded an unsupported image. Please make sure your image is valid.'),
    ],
    [
      undecodable,
      'the same without a code',
      error(null, 'You uploaded an unsupported image. Please make sure your image is valid.'),
    ],
    [undecodable, 'another server', error(null, 'Could not process image')],
    [undecodable, 'a library', { detail: 'cannot identify image file <_io.BytesIO object>' }],
    [unsupported, 'a format', error('invalid_image_format', 'You uploaded an unsupported image.')],
    [
      tooLarge,
      'bytes',
      error('BadRequest', 'The image size must be greater than zero and cannot exceed 20971520 bytes.'),
    ],
    [
      tooLarge,
      'patches',
      error(
        'invalid_image',
        "The image has 65536 patches at detail 'original'. The maximum is 30000 patches per image.",
      ),
    ],
    [
      { on: 'image', fault: 'unread' },
      'the reader’s own failure',
      error('sanitizer_server_error', 'You uploaded an unsupported image.'),
    ],
    [
      unknown,
      'a cap, which a caller may choose',
      error(
        'invalid_value',
        'max_tokens is too large: 9000. This model supports at most 4096 completion tokens.',
        'max_tokens',
      ),
    ],
    [
      unknown,
      'a detail, which a caller may choose',
      error('unsupported_value', "Unsupported value: 'original'.", 'messages[1].content[1].image_url.detail'),
    ],
    [
      unknown,
      'an address',
      error(
        'BadRequest',
        'Invalid image URL. The URL must be a valid HTTP or HTTPS URL, or a data URL with base64 encoding.',
      ),
    ],
    [unknown, 'a page of a gateway', '<html><head><title>400 Bad Request</title></head></html>'],
    [unknown, 'nothing', undefined],
    [unknown, 'words of its own', error('weird', 'The frobnicator is not aligned.')],
  ])('lays it on %o for %s', (blame, _, body) => {
    expect(blameOf({ status: 400, body })).toEqual(blame);
  });

  it.each<[number, Blame]>([
    [302, { on: 'deployment', reason: 'redirected' }],
    [401, { on: 'deployment', reason: 'unauthorized' }],
    [402, spent],
    [403, closed],
    [404, gone],
    [405, gone],
    [410, gone],
    [413, unknown],
    [415, misconfigured],
    [418, unknown],
    [421, misconfigured],
    [422, unknown],
    [431, misconfigured],
  ])('knows by the status %i alone', (status, blame) => {
    expect(blameOf({ status, body: { error: { message: 'No.' } } })).toEqual(blame);
  });

  it.each(publishedErrorNames.filter((name) => publishedErrors[name].error.status === 400))(
    'or the filter knows whose fault "%s" is',
    (name) => {
      const { status, body } = publishedErrors[name].error;
      const blame = filteredPrompt(status, body) === undefined ? blameOf({ status, body }).on : 'filter';
      expect(['filter', 'image', 'deployment']).toContain(blame);
    },
  );
});
