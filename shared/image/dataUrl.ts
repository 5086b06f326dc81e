/** How an image travels in a request: `toDataUrl(Buffer.from('hi'), 'image/png')` is `data:image/png;base64,aGk=`. */
export function toDataUrl(bytes: Buffer, mediaType: string): string {
  return `data:${mediaType};base64,${bytes.toString('base64')}`;
}
