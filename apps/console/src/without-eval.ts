import { config } from 'zod';

// The page's policy refuses `new Function`, and the browser notes every try: shapes are checked without it.
config({ jitless: true });
