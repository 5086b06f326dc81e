import { writeFile } from 'node:fs/promises';

/** One request as a region received it, and what became of it. */
export interface Charge {
  readonly id: string;
  readonly region: string;
  /** The deployment that was asked for, known or not. */
  readonly deployment: string;
  readonly receivedAtMs: number;
  readonly endedAtMs: number | null;
  /** The images' sent bytes by SHA-256, and their sizes as sent. */
  readonly images: readonly {
    readonly sha256: string;
    readonly bytes: number;
    readonly width: number;
    readonly height: number;
  }[];
  /** What the request is charged against the quota at arrival if it is admitted. */
  readonly admissionTokens: number;
  readonly admitted: boolean;
  /** The status that was sent, or would have been but for a fault; null while undecided, or when the upload broke off. */
  readonly status: number | null;
  /** The error's code; null for 200. */
  readonly code: string | null;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Prompt and completion tokens of work that was done; 0 for what was refused. */
  readonly billedTokens: number;
  readonly finish: 'stop' | 'length' | 'content_filter' | null;
  /** The whole reply was handed over to the connection. */
  readonly answered: boolean;
  /** The client was still there at the end. */
  readonly clientThere: boolean;
  /** The fault that the request met; null for none. */
  readonly fault: string | null;
}

export interface ChargeSummary {
  readonly requests: number;
  readonly admitted: number;
  readonly refused: number;
  readonly answered: number;
  readonly admissionTokens: number;
  readonly billedTokens: number;
  /** How often each status was given; `none` where there was none. */
  readonly byStatus: Readonly<Record<string, number>>;
  /** By image: how many requests carried it, how many of them were billed. */
  readonly byImage: Readonly<Record<string, { readonly requests: number; readonly billed: number }>>;
}

interface ChargeLog {
  /** Takes up a request; the returned function notes more about it. */
  readonly open: (charge: Charge) => (more: Partial<Charge>) => void;
  /** Oldest first, those that still run included. */
  readonly charges: () => readonly Charge[];
  readonly forget: () => void;
}

/** A region's own account of what it was asked and what it charged: a witness that the product cannot write to. */
export function createChargeLog(): ChargeLog {
  let charges: { current: Charge }[] = [];
  return {
    open: (charge) => {
      const kept = { current: charge };
      charges.push(kept);
      return (more) => {
        kept.current = { ...kept.current, ...more };
      };
    },
    charges: () => charges.map((kept) => kept.current),
    forget: () => {
      charges = [];
    },
  };
}

/** The totals of some charges, of one region or of several. */
export function summarise(charges: readonly Charge[]): ChargeSummary {
  const byStatus: Record<string, number> = {};
  const byImage: Record<string, { requests: number; billed: number }> = {};
  let [admitted, answered, refused, admissionTokens, billedTokens] = [0, 0, 0, 0, 0];
  for (const charge of charges) {
    if (charge.admitted) admitted += 1;
    if (charge.answered && charge.status === 200) answered += 1;
    if (charge.status !== null && charge.status >= 400) refused += 1;
    admissionTokens += charge.admissionTokens;
    billedTokens += charge.billedTokens;
    const status = String(charge.status ?? 'none');
    byStatus[status] = (byStatus[status] ?? 0) + 1;
    for (const { sha256 } of charge.images) {
      const image = byImage[sha256] ?? { requests: 0, billed: 0 };
      byImage[sha256] = { requests: image.requests + 1, billed: image.billed + (charge.billedTokens > 0 ? 1 : 0) };
    }
  }
  return { requests: charges.length, admitted, refused, answered, admissionTokens, billedTokens, byStatus, byImage };
}

/** Writes charges as JSON Lines. */
export async function writeCharges(charges: readonly Charge[], file: string): Promise<void> {
  await writeFile(file, charges.map((charge) => `${JSON.stringify(charge)}\n`).join(''));
}
