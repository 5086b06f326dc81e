import { app } from '@azure/functions';

app.hook.appStart(() => console.log('hook appStart'));
app.hook.appTerminate(() => console.log('hook appTerminate'));

app.hook.preInvocation((context) => {
  if (context.invocationContext.functionName !== 'hooked') return;
  context.hookData.before = 'pre';
  const original = context.functionHandler;
  context.functionHandler = async (...inputs: unknown[]): Promise<unknown> => {
    const answer = (await original(...(inputs as Parameters<typeof original>))) as { body: string };
    return { body: `${answer.body}, wrapped` };
  };
});

app.hook.postInvocation((context) => {
  if (context.invocationContext.functionName !== 'hooked') return;
  const answer = context.result as { body: string };
  context.result = { body: `${context.hookData.before}, ${answer.body}, post` };
});

app.hook.log((context) => {
  context.message = context.message.replaceAll('classified', '***');
});

app.get('hooked', {
  handler: async (_request, context) => {
    context.warn('this is classified');
    return { body: 'handler' };
  },
});
