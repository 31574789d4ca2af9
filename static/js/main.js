// Starts every enhancement; each page works without any of them.
import { startAutosave } from "./autosave.js";
import { startCounts } from "./count.js";
import { startDragging } from "./drag.js";
import { startExclusive } from "./exclusive.js";
import { startLeaving } from "./leaving.js";
import { startNextLinks } from "./next.js";
import { startPresence } from "./presence.js";
import { startReadings } from "./reading.js";
import { startReveal } from "./reveal.js";
import { startWaiting } from "./waiting.js";

// Exclusive and reveal listen first, so that autosave reads a settled form.
startExclusive();
startReveal();
startCounts();
startAutosave();
startLeaving();
startNextLinks();
startPresence();
startReadings();
startDragging();
startWaiting();

// A page with errors begins at its error summary.
document.querySelector("[data-focus-first]")?.focus();
