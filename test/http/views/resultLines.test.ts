import { describe, expect, it } from 'vitest';
import { InvalidRequest } from '../../../shared/errors.ts';
import { readQuery } from '../../../shared/http/read/readQuery.ts';
import { readResultsCall, resultsQuerySchema } from '../../../shared/http/views/resultLines.ts';
import { requestOf } from '../calls.ts';

function read(query: string): unknown {
  try {
    return readResultsCall(
      readQuery(requestOf({ url: `http://localhost:7071/api/results${query}` }), resultsQuerySchema),
    );
  } catch (error) {
    if (error instanceof InvalidRequest) return error.problems.map(({ message }) => message);
    throw error;
  }
}

describe('readResultsCall', () => {
  it.each([
    ['', { format: 'jsonl' }],
    ['?format=csv', { format: 'csv' }],
    ['?format=csv&bom=true', { format: 'csv', bom: 'true' }],
    ['?format=csv&bom=false', { format: 'csv', bom: 'false' }],
    ['?bom=false', { format: 'jsonl', bom: 'false' }],
  ])('reads the query %j', (query, call) => {
    expect(read(query)).toEqual(call);
  });

  it.each([
    ['?bom=true', ['bom=true is for format=csv; JSON lines have no byte order mark.']],
    ['?format=csv&bom=1', ['bom is "1": must be true or false.']],
    ['?format=csv&bom=TRUE', ['bom is "TRUE": must be true or false.']],
    ['?format=csv&bom=', ['bom is "": must be true or false.']],
    ['?format=csv&bom=true&bom=false', ['bom is given more than once.']],
  ])('refuses the query %j', (query, problems) => {
    expect(read(query)).toEqual(problems);
  });
});
