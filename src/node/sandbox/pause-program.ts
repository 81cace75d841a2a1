/**
 * The program of a sandbox container: it makes itself a network namespace where it may (with
 * CAP_SYS_ADMIN), gives up all capabilities, waits for signals, reaps orphans that were given to it
 * (with a shared process namespace) and ends on SIGTERM or SIGINT. It is assembled here from a few
 * raw system calls, so that no toolchain and no registry is needed to have it.
 */

type Instruction = readonly number[] | { readonly label: string } | Jump;

interface Jump {
  /** One byte of opcode; an 8-bit displacement follows. */
  readonly jump: number;
  readonly to: string;
}

const IF_EQUAL = 0x74;
const IF_NEGATIVE = 0x78;
const IF_POSITIVE = 0x7f;
const ALWAYS = 0xeb;
const SYSCALL = [0x0f, 0x05];

/** SIGINT (2), SIGTERM (15) and SIGCHLD (17) as a kernel signal set. */
const SIGNALS = [0x02, 0x40, 0x01, 0x00];

/** CLONE_NEWNET, and the version of the structures of capset. */
const NEW_NETWORK = [0x00, 0x00, 0x00, 0x40];
const CAPABILITY_VERSION_3 = [0x22, 0x05, 0x08, 0x20];

const PROGRAM: readonly Instruction[] = [
  [0xbf, ...NEW_NETWORK], // edi = a new network namespace
  [0xb8, 0x10, 0x01, 0x00, 0x00], // eax = unshare
  SYSCALL,
  [0x6a, 0x00, 0x6a, 0x00, 0x6a, 0x00], // push the empty capability sets
  [0x48, 0x89, 0xe6], // rsi = the sets
  [0x68, ...CAPABILITY_VERSION_3], // push the version, and process 0: itself
  [0x48, 0x89, 0xe7], // rdi = them
  [0x6a, 0x7e, 0x58], // eax = capset
  SYSCALL,
  [0x68, ...SIGNALS], // push the signal set
  [0x48, 0x89, 0xe6], // rsi = the set
  [0x31, 0xff], // edi = SIG_BLOCK
  [0x31, 0xd2], // edx = no old set
  [0x6a, 0x08, 0x41, 0x5a], // r10 = 8 bytes
  [0x6a, 0x0e, 0x58], // eax = rt_sigprocmask
  SYSCALL,
  { label: 'wait' },
  [0x48, 0x89, 0xe7], // rdi = the set
  [0x31, 0xf6], // esi = no info
  [0x31, 0xd2], // edx = no timeout
  [0x6a, 0x08, 0x41, 0x5a], // r10 = 8 bytes
  [0xb8, 0x80, 0x00, 0x00, 0x00], // eax = rt_sigtimedwait
  SYSCALL,
  [0x83, 0xf8, 0x11], // compare eax with SIGCHLD
  { jump: IF_EQUAL, to: 'reap' },
  [0x85, 0xc0], // an interrupted wait is negative
  { jump: IF_NEGATIVE, to: 'wait' },
  [0x31, 0xff], // edi = 0
  [0xb8, 0xe7, 0x00, 0x00, 0x00], // eax = exit_group
  SYSCALL,
  { label: 'reap' },
  [0x48, 0xc7, 0xc7, 0xff, 0xff, 0xff, 0xff], // rdi = any child
  [0x31, 0xf6], // esi = no status
  [0x6a, 0x01, 0x5a], // edx = WNOHANG
  [0x45, 0x31, 0xd2], // r10d = no usage
  [0x6a, 0x3d, 0x58], // eax = wait4
  SYSCALL,
  [0x85, 0xc0],
  { jump: IF_POSITIVE, to: 'reap' },
  { jump: ALWAYS, to: 'wait' },
];

function sizeOf(instruction: Instruction): number {
  if ('label' in instruction) return 0;
  return 'jump' in instruction ? 2 : instruction.length;
}

function assemble(program: readonly Instruction[]): number[] {
  const labels = new Map<string, number>();
  let at = 0;
  for (const instruction of program) {
    if ('label' in instruction) labels.set(instruction.label, at);
    at += sizeOf(instruction);
  }
  const bytes: number[] = [];
  for (const instruction of program) {
    if ('label' in instruction) continue;
    if ('jump' in instruction) {
      const displacement = (labels.get(instruction.to) ?? 0) - (bytes.length + 2);
      bytes.push(instruction.jump, displacement & 0xff);
    } else bytes.push(...instruction);
  }
  return bytes;
}

const LOAD_ADDRESS = 0x400000n;
const ELF_HEADER_BYTES = 64;
const PROGRAM_HEADER_BYTES = 56;

/** elfHeader is the header of a static 64-bit executable with one program header after it. */
function elfHeader(machine: number, entry: bigint): Buffer {
  const header = Buffer.alloc(ELF_HEADER_BYTES);
  header.write('\x7fELF', 'latin1');
  header.set([2, 1, 1], 4); // 64 bit, little endian, version 1
  header.writeUInt16LE(2, 16); // an executable
  header.writeUInt16LE(machine, 18);
  header.writeUInt32LE(1, 20);
  header.writeBigUInt64LE(entry, 24);
  header.writeBigUInt64LE(BigInt(ELF_HEADER_BYTES), 32); // where the program headers are
  header.writeUInt16LE(ELF_HEADER_BYTES, 52);
  header.writeUInt16LE(PROGRAM_HEADER_BYTES, 54);
  header.writeUInt16LE(1, 56); // one program header
  return header;
}

function loadSegment(sizeBytes: number): Buffer {
  const segment = Buffer.alloc(PROGRAM_HEADER_BYTES);
  segment.writeUInt32LE(1, 0); // to be loaded
  segment.writeUInt32LE(5, 4); // readable and executable
  segment.writeBigUInt64LE(LOAD_ADDRESS, 16);
  segment.writeBigUInt64LE(LOAD_ADDRESS, 24);
  segment.writeBigUInt64LE(BigInt(sizeBytes), 32);
  segment.writeBigUInt64LE(BigInt(sizeBytes), 40);
  segment.writeBigUInt64LE(0x1000n, 48);
  return segment;
}

const X86_64 = 62;

/** pauseProgram is the executable; throws for a machine whose instructions it does not know. */
export function pauseProgram(architecture: string): Buffer {
  if (architecture !== 'x86_64' && architecture !== 'amd64') {
    throw new Error(`there is no sandbox program for the machine architecture ${architecture}`);
  }
  const code = Buffer.from(assemble(PROGRAM));
  const headerBytes = ELF_HEADER_BYTES + PROGRAM_HEADER_BYTES;
  const entry = LOAD_ADDRESS + BigInt(headerBytes);
  const header = elfHeader(X86_64, entry);
  return Buffer.concat([header, loadSegment(headerBytes + code.length), code]);
}
