import '../../src/cmd/api-front.ts';
