import type { RandomNumbers } from './randomNumbers.ts';
import type { Language } from './sample.ts';

/** Words for drawn images. Numbers, names and days change with the seed, so that nothing can be known beforehand. */

const SENTENCES: Readonly<Record<Language, readonly [string, ...string[]]>> = {
  en: [
    'The committee met on {day} {month} and agreed to restore the harbour wall before winter.',
    'Of the {n} visitors who were counted, {n} came by train and the rest on foot.',
    '{name} asked for a second opinion; the engineer confirmed that the bridge can carry {n} tonnes.',
    'Please send the signed copy to {city} by {day} {month}, together with invoice no. {number}.',
    'The repair took longer than planned, because the oak boards had to be ordered from {city}.',
    'Prices rose by {n} percent last year, while wages grew only half as fast.',
    'Members may borrow up to {n} books at a time, for no more than four weeks.',
    'A copper kettle costs {amount} euros; the larger one is {amount} euros.',
    'The train from {city} leaves at {hour}:{minute} and arrives a quarter of an hour later.',
    'Keep the medicine dry, below {n} degrees, and out of reach of children.',
    '{name} wrote the letter in pencil, folded it twice and put it under the clock.',
    'Water the garden in the evening; what is planted in {month} needs more than the old trees do.',
    'The results were checked by two people who did not know of each other.',
    'Questions about account {number} are answered on weekdays between {hour} and 17 o’clock.',
    'Nobody could say who had opened the window, but the papers lay all over the floor.',
    'In {city} the museum shows maps, coins and {n} letters from the years of the great fire.',
  ],
  de: [
    'Der Ausschuss tagte am {day}. {month} und beschloss, die Kaimauer vor dem Winter zu erneuern.',
    'Von den {n} gezählten Gästen kamen {n} mit dem Zug, die übrigen zu Fuß.',
    '{name} bat um eine zweite Meinung; die Brücke trägt nach der Prüfung {n} Tonnen.',
    'Bitte schicken Sie die Abschrift bis zum {day}. {month} nach {city}, mit der Rechnung Nr. {number}.',
    'Die Reparatur dauerte länger als geplant, weil das Eichenholz erst aus {city} geliefert werden musste.',
    'Die Preise stiegen im letzten Jahr um {n} Prozent, die Löhne nur halb so schnell.',
    'Mitglieder können bis zu {n} Bücher auf einmal ausleihen, höchstens für vier Wochen.',
    'Ein Kessel aus Kupfer kostet {amount} Euro, der größere {amount} Euro.',
    'Der Zug aus {city} fährt um {hour}:{minute} Uhr ab und kommt eine Viertelstunde später an.',
    'Das Mittel trocken, unter {n} Grad und für Kinder unzugänglich aufbewahren.',
    '{name} schrieb den Brief mit Bleistift, faltete ihn zweimal und legte ihn unter die Uhr.',
    'Gießen Sie den Garten am Abend; was im {month} gepflanzt wird, braucht mehr als die alten Bäume.',
    'Die Ergebnisse prüften zwei Personen, die nichts voneinander wussten.',
    'Fragen zum Konto {number} beantworten wir werktags zwischen {hour} und 17 Uhr.',
    'Niemand wusste, wer das Fenster geöffnet hatte, doch die Blätter lagen überall.',
    'Das Museum in {city} zeigt Karten, Münzen und {n} Briefe aus der Zeit des großen Brandes.',
  ],
  zh: [
    '会议于{day}日举行，决定在冬天以前修好码头。',
    '今天共有{n}位客人，其中{n}位坐火车来。',
    '请在{day}日以前把合同寄到办公室，编号{number}。',
    '去年价格上涨百分之{n}，工资增长较慢。',
    '火车{hour}点{minute}分开出，下午到达。',
    '铜水壶每个{amount}元，大的{amount}元。',
    '图书馆每人一次最多借{n}本书。',
    '晚上给花园浇水，白天不要浇。',
  ],
};

const MONTHS: Readonly<Record<Language, readonly [string, ...string[]]>> = {
  en: ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October'],
  de: ['Januar', 'Februar', 'März', 'April', 'Mai', 'Juni', 'Juli', 'August', 'September', 'Oktober'],
  zh: ['一月', '二月', '三月', '四月', '五月', '六月', '七月', '八月', '九月', '十月'],
};

const GOODS: Readonly<Record<Language, readonly string[]>> = {
  en: ['Copper kettle', 'Oak board', 'Linen towel', 'Glass jar', 'Wool blanket', 'Candle', 'Iron key', 'Paper', 'Rope'],
  de: ['Kupferkessel', 'Eichenbrett', 'Leinentuch', 'Einmachglas', 'Wolldecke', 'Kerze', 'Schlüssel', 'Papier', 'Seil'],
  zh: ['铜水壶', '木板', '毛巾', '玻璃瓶', '毛毯', '蜡烛', '钥匙', '纸', '绳子'],
};

const TERMS = {
  en: {
    goods: 'Item',
    units: 'Units',
    price: 'Price',
    sum: 'Amount',
    year: 'Sales in',
    stock: 'Stock',
    share: 'Share of sales',
  },
  de: {
    goods: 'Ware',
    units: 'Menge',
    price: 'Preis',
    sum: 'Betrag',
    year: 'Umsatz',
    stock: 'Bestand',
    share: 'Anteile am Umsatz',
  },
  zh: { goods: '商品', units: '数量', price: '单价', sum: '金额', year: '销售额', stock: '库存', share: '销售比例' },
} as const;

const CITIES = ['Bergen', 'Leeds', 'Porto', 'Ghent', 'Graz', 'Turin'] as const;
const NAMES = ['Ms Okafor', 'Mr Lindqvist', 'Dr Amari', 'Ida Keller', 'Tom Rossi'] as const;

/** A sentence with its blanks filled. */
export function sentence(language: Language, random: RandomNumbers): string {
  const fill: Readonly<Record<string, () => string>> = {
    day: () => String(random.whole(1, 28)),
    month: () => random.pick(MONTHS[language]),
    n: () => String(random.whole(11, 98)),
    number: () => `${random.whole(1000, 9999)}-${random.whole(10, 99)}`,
    amount: () => amountIn(language, random.whole(300, 9900)),
    hour: () => String(random.whole(8, 12)),
    minute: () => String(random.whole(10, 59)),
    city: () => random.pick(CITIES),
    name: () => random.pick(NAMES),
  };
  return random.pick(SENTENCES[language]).replace(/\{(\w+)\}/g, (blank, name: string) => fill[name]?.() ?? blank);
}

export function monthsOf(language: Language): readonly string[] {
  return MONTHS[language];
}

export function goodsOf(language: Language): readonly string[] {
  return GOODS[language];
}

export function termsOf(language: Language): (typeof TERMS)[Language] {
  return TERMS[language];
}

/** `amountIn('de', 123450)` is `'1.234,50'`. */
export function amountIn(language: Language, hundredths: number): string {
  return new Intl.NumberFormat(language === 'de' ? 'de-DE' : 'en-US', {
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
  }).format(hundredths / 100);
}
