import { app } from '@azure/functions';
import { configOfProcess } from '../shared/config.ts';

// Settings are read before anything is registered: wrong ones stop the start, all named at once.
configOfProcess();

// Bodies as streams: without it the host drops uploads that come without a length.
app.setup({ enableHttpStream: true });
