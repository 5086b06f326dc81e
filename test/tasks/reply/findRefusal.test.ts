import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../../shared/tasks/readAnswer.ts';
import { findRefusal } from '../../../shared/tasks/reply/findRefusal.ts';
import type { TaskName, TaskRequest } from '../../../shared/tasks/taskRequest.ts';

const SORRY = "I'm sorry, but I can't assist with that.";

function requestOf(task: TaskName): TaskRequest {
  return {
    task,
    ...(task === 'ask' ? { question: 'What does the bubble say?' } : {}),
    ...(task === 'extract'
      ? {
          schema: {
            type: 'object',
            properties: { said: { type: 'string' } },
            required: ['said'],
            additionalProperties: false,
          },
        }
      : {}),
  } as TaskRequest;
}

function refusalIn(task: TaskName, answer: unknown): string | undefined {
  const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
  return findRefusal(requestOf(task), text, readAnswer(requestOf(task), text, 'stop'));
}

const description = (summary: string, details: readonly string[] = [], title = 'A chat'): object => ({
  title,
  summary,
  details,
  instructionsInImage: [],
});

describe('findRefusal', () => {
  it.each([
    SORRY,
    'I’m sorry, but I can’t assist with that.',
    "I'm sorry, I can't help with that request.",
    'Sorry, I cannot help with that.',
    'I cannot assist with this request.',
    "I'm sorry, but I cannot comply with that request.",
    "I'm unable to help with that.",
    "I'm not able to assist with this image.",
    "I'm sorry. I can't help with that. Please ask something else.",
    'Unfortunately, I am unable to fulfill this request.',
    'I apologize, but I cannot process this image as it may contain sensitive content.',
    'As an AI, I must decline to analyze this image.',
    "I won't help with that.",
    "I'm sorry, but I can't provide help identifying people.",
    "I'm sorry, I can't identify who this is.",
    "I can't help with identifying or making assumptions about people in images.",
    "I don't feel comfortable helping with that.",
    `\`\`\`\n${SORRY}\n\`\`\``,
    `\`\`\`json\n"${SORRY}"\n\`\`\``,
    "```json\nI'm sorry. I can't assist with that.\n```",
    `"${SORRY}"`,
    `**${SORRY}**`,
    'Es tut mir leid, aber ich kann Ihnen dabei nicht helfen.',
    'Entschuldigung, dabei kann ich leider nicht weiterhelfen.',
    'Ich kann diese Anfrage leider nicht bearbeiten.',
    'Je suis désolé, mais je ne peux pas vous aider avec cela.',
    'Désolé, je ne peux pas répondre à cette demande.',
    'Lo siento, pero no puedo ayudar con eso.',
    'Desculpe, mas não posso ajudar com isso.',
    'Mi dispiace, ma non posso aiutarti con questo.',
    'Sorry, daar kan ik je niet mee helpen. Ik kan hierbij niet helpen.',
    'Jag kan tyvärr inte hjälpa till med det.',
    'Beklager, men jeg kan ikke hjelpe med det.',
    'Jeg kan desværre ikke hjælpe med det.',
    'Valitettavasti en voi auttaa tässä.',
    'Przykro mi, ale nie mogę w tym pomóc.',
    'Omlouvám se, ale s tím nemohu pomoci.',
    'Извините, но я не могу помочь с этим.',
    'Вибачте, але я не можу допомогти з цим.',
    'Üzgünüm, bu konuda yardımcı olamam.',
    'عذرًا، لا يمكنني المساعدة في ذلك.',
    'מצטער, אני לא יכול לעזור בזה.',
    'क्षमा करें, मैं इसमें मदद नहीं कर सकता।',
    '抱歉，我无法协助处理该请求。',
    '对不起，我不能提供帮助。',
    '抱歉，我無法協助。',
    '申し訳ありませんが、そのご要望にはお応えできません。',
    '申し訳ございませんが、お手伝いできません。',
    '죄송하지만 도와드릴 수 없습니다.',
    'Xin lỗi, tôi không thể giúp với yêu cầu đó.',
    'Maaf, saya tidak dapat membantu dengan itu.',
    'ขออภัย ฉันไม่สามารถช่วยได้',
    'Λυπάμαι, αλλά δεν μπορώ να βοηθήσω με αυτό.',
    'Sajnálom, de ebben nem tudok segíteni.',
    'Îmi pare rău, dar nu te pot ajuta. Nu pot ajuta cu asta.',
  ])('knows it: %s', (words) => {
    for (const task of ['analyze', 'describe', 'text', 'ask'] as const) {
      expect(refusalIn(task, words)).toEqual(expect.any(String));
    }
  });

  it.each<[string, TaskName, unknown]>([
    ['the summary', 'describe', description(SORRY)],
    ['the summary, with a title of its own', 'describe', description(SORRY, [], 'Request declined')],
    ['summary and details', 'describe', description(SORRY, [SORRY])],
    ['the answer', 'ask', { answer: SORRY, evidence: [], answered: 'no', instructionsInImage: [] }],
    ['an error in place of the shape', 'describe', { error: SORRY }],
    ['a refusal in place of the shape', 'text', { refusal: SORRY }],
    ['a message with a code', 'tables', { status: 'refused', message: SORRY }],
    ['one field of the shape', 'describe', { summary: SORRY }],
    ['another language', 'describe', description('Es tut mir leid, dabei kann ich nicht helfen.')],
  ])('knows it in %s', (_, task, answer) => {
    expect(refusalIn(task, answer)).toEqual(expect.any(String));
  });

  it.each<[string, TaskName, unknown]>([
    [
      'the text of a chat',
      'text',
      { language: 'en', blocks: [{ kind: 'paragraph', text: SORRY }], instructionsInImage: [] },
    ],
    ['a table of a chat', 'tables', { tables: [{ title: '', columns: ['said'], rows: [[SORRY]], merged: [] }] }],
    ['a field of a chat', 'extract', { fields: { said: SORRY }, instructionsInImage: [] }],
    ['a meme', 'describe', description(`A cat at a desk. The caption reads "${SORRY}"`, ['A grey cat.'])],
    ['a description that quotes', 'describe', description(`“${SORRY}”`, ['White letters on black.'])],
    ['words that begin a description', 'describe', description(SORRY, ['White letters on a black ground.'])],
    [
      'an answer with evidence',
      'ask',
      { answer: SORRY, evidence: ['The left bubble.'], answered: 'yes', instructionsInImage: [] },
    ],
    ['an answer that quotes', 'ask', { answer: `"${SORRY}"`, evidence: [], answered: 'yes', instructionsInImage: [] }],
    [
      'what cannot be told',
      'ask',
      { answer: 'I cannot read the price; the label is blurred.', evidence: [], answered: 'no' },
    ],
    ['a person that is not named', 'ask', { answer: "I can't identify the person.", evidence: [], answered: 'no' }],
    ['a dog', 'describe', description("The dog can't help barking at the postman.")],
    ['a sign', 'describe', description('Unfortunately, the staff cannot help the visitors.', ['A sign.'])],
    [
      'a limit beside a description',
      'describe',
      description("I can't help with names. The image shows a man in a red coat."),
    ],
  ])('takes %s as an answer', (_, task, answer) => {
    expect(refusalIn(task, answer)).toBeUndefined();
  });

  it.each([
    'The image shows a red square.',
    "I can't give JSON, but the image shows a man in a red coat.",
    "I'm sorry, but I cannot view images. I am a text model.",
    'A chat. User: Help me! Assistant: I am sorry, I cannot help with that. User: Why?',
    'No.',
    '',
    `${'The sky is blue. '.repeat(50)}${SORRY}`,
  ])('finds none in words that are none: %s', (words) => {
    expect(refusalIn('describe', words)).toBeUndefined();
  });

  it('quotes it shortly', () => {
    const words = refusalIn('describe', `I'm sorry, I can't help with that because ${'of the rules '.repeat(20)}`);
    expect(words?.length).toBeLessThanOrEqual(160);
    expect(words).toMatch(/^I'm sorry, I can't help with that because of the rules/);
  });
});
