/** framed is a DNS message as it goes over TCP: with its length before it. */
export function framed(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length, 0);
  return Buffer.concat([length, message]);
}

/** newFrameReader answers a function that takes chunks and calls back with each whole message. */
export function newFrameReader(callback: (message: Buffer) => void): (chunk: Buffer) => void {
  let pending = Buffer.alloc(0);
  return (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 2) {
      const end = 2 + pending.readUInt16BE(0);
      if (pending.length < end) return;
      const message = pending.subarray(2, end);
      pending = pending.subarray(end);
      callback(message);
    }
  };
}
