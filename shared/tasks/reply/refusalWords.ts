/** Sentences by which models decline, in the languages that they answer in. Each expression judges one sentence. */

/** A sentence about oneself begins so. "The dog can't help barking" does not. */
const FIRST_PERSON =
  "^\\P{L}*(?:i|we|sorry|(?:my |our )?apologies|unfortunately|regrettably|as an? (?:ai|assistant|language model)|it(?:'s| is) not possible for me|thank(?:s| you))\\b";
const UNABLE =
  "(?:can(?: ?no|')t|could(?: not|n't)|won't|will not|unable to|not able to|not (?:allowed|permitted|possible)|(?:must|have to|need to) (?:\\w+ly )?(?:decline|refuse))\\b";
const HELP =
  '(?:(?:assist|help)(?: you)?(?: any)?(?: further)?(?: here)?(?= with (?:this|that|your|the|these|those|such|it|any)| on (?:this|that)|\\s*$|[^\\p{L}\\s]| because| as | due| since)|' +
  'comply|fulfil|accommodate|' +
  '(?:process|complete|answer|discuss|support|continue with|engage with|respond to|do|provide|handle) (?:this|that|your|the|these|such|any|assistance|help)\\b)';
const ENGLISH: readonly RegExp[] = [
  new RegExp(`${FIRST_PERSON}.*?${UNABLE}.{0,60}?\\b${HELP}`, 'iu'),
  /^\P{L}*i(?:'m| am| do|)(?:n't| not) (?:feel )?comfortable (?:with |\w+ing )/iu,
  new RegExp(`${FIRST_PERSON}.*?\\b(?:must|have to|need to) (?:\\w+ly )?(?:decline|refuse)\\b`, 'iu'),
];

/** To decline to help at all. */
const DECLINES_TO_HELP: readonly RegExp[] = [
  ...ENGLISH,
  /\b(?:ich|wir)\b.*\bnicht\b.*(?:helfen|behilflich|unterstützen|nachkommen|erfüllen|beantworten|bearbeiten|entsprechen)/iu,
  /\bn(?:e |')(?:peux|puis|pouvons|suis|sommes|ai)\b.*(?:aider|assister|répondre|satisfaire|donner suite|traiter|accéder|aide)/iu,
  /(?<!\p{L})no (?:puedo|podemos|me es posible|puc|podem)\b.*(?:ayudar|asistir|cumplir|atender|responder|procesar|ayuda|ajudar)/iu,
  /(?<!\p{L})não (?:posso|consigo|podemos|sou capaz).*(?:ajudar|auxiliar|atender|cumprir|responder|processar|ajuda)/iu,
  /\bnon (?:posso|possiamo|riesco|sono in grado)\b.*(?:aiutar|assist|soddisfare|rispondere|elaborare|aiuto)/iu,
  /\b(?:ik|we|wij)\b.*\bniet\b.*(?:helpen|assisteren|voldoen|beantwoorden|behulpzaam)/iu,
  /\b(?:jag|vi)\b.*\binte\b.*(?:hjälpa|bistå|assistera|besvara|hjälp)/iu,
  /\b(?:jeg|vi)\b.*\bikke\b.*(?:hjælpe|hjelpe|bistå|assistere|besvare|imødekomme)/iu,
  /(?<!\p{L})e(?:n|mme)\b.*(?:voi|pysty).*(?:auttaa|auttamaan|avustaa|vastata|toteuttaa)/iu,
  /(?<!\p{L})nie (?:mogę|możemy|jestem w stanie).*(?:pomóc|pomagać|spełnić|zrealizować|odpowiedzieć)/iu,
  /(?<!\p{L})(?:nemohu|nemůžu|nemůžeme|nemôžem|nemôžeme).*(?:pomoci|pomoct|pomôcť|vyhovět|vyhovieť|splnit|splniť)/iu,
  /(?<!\p{L})не (?:могу|можем|в состоянии|имею возможности).*(?:помочь|помогать|выполнить|ответить|обработать)/iu,
  /(?<!\p{L})не (?:можу|можемо).*(?:допомогти|виконати|відповісти)/iu,
  /(?<!\p{L})не мога.*(?:помогна|изпълня|отговоря)/iu,
  /(?<!\p{L})ne (?:mogu|možemo|morem).*(?:pomoći|pomoci|pomagati|ispuniti)/iu,
  /yardım(?:cı)? (?:ol|ed)(?:amam|amıyorum|amayız|emem|emiyorum|emeyiz|mam mümkün değil)/iu,
  /لا (?:يمكنني|أستطيع|استطيع|يمكننا|أقدر).*(?:مساعد|تلبية|تنفيذ|الإجابة)/u,
  /(?:نمی.?توان(?:م|یم)).*(?:کمک|پاسخ)/u,
  /(?:לא (?:יכול|יכולה|אוכל)|אינ(?:י|ני) יכול|אין באפשרותי).*(?:לעזור|לסייע|לענות)/u,
  /(?:मदद|सहायता).*(?:नहीं|असमर्थ)/u,
  /(?:我|抱歉|对不起|對不起|很遗憾|很遺憾).*(?:无法|不能|無法|没法|沒辦法).*(?:帮|助|幫|满足|滿足|处理|處理|回答|完成|提供)/u,
  /(?:手伝|手助け|支援|対応|協力|応え|お答え|力になる|助け).*(?:できません|できかねます|できない|致しかねます|いたしかねます)/u,
  /(?:도와|도움|도울|지원|응답|답변|요청).*(?:없습니다|없어요|어렵습니다|못합니다|할 수 없)/u,
  /không thể.*(?:giúp|hỗ trợ|đáp ứng|trả lời)/iu,
  /tidak (?:bisa|dapat|boleh).*(?:membantu|memenuhi|menjawab)/iu,
  /ไม่สามารถ.*(?:ช่วย|ตอบ|ดำเนินการ)/u,
  /δεν μπορ(?:ώ|ούμε).*(?:βοηθήσ|εξυπηρετήσ|απαντήσ)/iu,
  /(?<!\p{L})nem (?:tudok|tudunk|áll módomban|segíthetek).*(?:segít|teljesít|válaszol)/iu,
  /(?<!\p{L})nu (?:pot|putem).*(?:ajuta|asista|îndeplini|răspunde)/iu,
];

/** To decline one thing. In an answer it may be a true statement about the image; where there is no answer, it is a refusal. */
const DECLINES_A_THING: readonly RegExp[] = [
  new RegExp(
    `${FIRST_PERSON}.*?${UNABLE}.{0,60}?\\b(?:identify|recogni[sz]e|describe|analy[sz]e|transcribe|extract|process|share|provide|name|answer|discuss|determine who|say who)`,
    'iu',
  ),
  /\b(?:violat\w+|against)\b.*\b(?:polic(?:y|ies)|guidelines|terms of use)\b/iu,
  /\b(?:ich|wir)\b.*\bnicht\b.*(?:identifizieren|beschreiben|analysieren|erkennen|verarbeiten)/iu,
  /\bne (?:peux|puis|pouvons)\b.*(?:identifier|décrire|analyser|reconnaître)/iu,
  /(?<!\p{L})(?:no puedo|não posso|non posso)\b.*(?:identificar|describir|analizar|descrever|analisar|descrivere|analizzare)/iu,
  /(?:无法|不能|無法).*(?:识别|描述|分析|識別)/u,
];

/** A model that is shown no image says so: that is no refusal of this one. */
const SEES_NO_IMAGE =
  /\b(?:view|see|access|open|display|receive|look at)\b.{0,30}\b(?:images?|pictures?|photos?|files?|attachments?)\b|\b(?:don't|do not|didn't|did not) (?:see|have|receive)\b|\bno image\b|\bas a text\b/iu;

/** `isRefusalSentence("I'm sorry, but I can't assist with that.", 'help')` is true. */
export function isRefusalSentence(sentence: string, of: 'help' | 'anything'): boolean {
  if (SEES_NO_IMAGE.test(sentence)) return false;
  if (DECLINES_TO_HELP.some((words) => words.test(sentence))) return true;
  return of === 'anything' && DECLINES_A_THING.some((words) => words.test(sentence));
}
