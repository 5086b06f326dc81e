import './setup.ts';
import './onImageUploaded.ts';
import './onImageEvent.ts';
import './onAnalysisDue.ts';
import './onTimer.ts';
import './onPoison.ts';
import './http.ts';
