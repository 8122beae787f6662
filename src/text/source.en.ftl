# What is said when a path gives no evidence, and when a file cannot be written.

source-not-found = There is nothing at { $path }.
source-not-found-hint = Check the spelling; for a phone on a cable write adb:SERIAL.
source-empty = { $path } is empty.
source-empty-hint = Copy the file again from the place it came from, or take a new bug report.
source-io = { $path } could not be read: { $detail }
source-io-hint = Check the permissions of the file and that the disk is still connected.
source-unrecognised = { $path } holds nothing that poucet knows: no bug report, AndroidQF acquisition, poucet bundle, dumpsys output or poucet snapshot.
source-unrecognised-hint = Give the bug report zip as the phone made it, the whole AndroidQF folder, or text files with the outputs of dumpsys package and dumpsys appops.
source-damaged = The zip { $path } is damaged and nothing could be read from it: { $detail }
source-damaged-hint = Copy it again from the phone; a transfer that was cut short is the usual cause.
source-too-large = { $path } grows beyond { $limit } bytes when it is unpacked, which no bug report does.
source-too-large-hint = Do not unpack it: this may be a zip bomb. Ask where the file comes from.
source-ios-backup-not-yet = { $path } is an iOS backup, which this version of poucet cannot read yet.
source-ios-backup-not-yet-hint = Keep the backup; nothing in it was opened or changed.
source-bad-manifest = The manifest of the bundle { $path } cannot be understood: { $detail }
source-bad-manifest-hint = The bundle may come from a newer poucet, or its manifest was edited. Update poucet or collect the evidence again.
source-altered = In the bundle { $path }, { $file } is not what was collected: its SHA-256 does not match the manifest.
source-altered-hint = Use the original bundle. Evidence that was changed after it was collected is not judged.
source-unsafe-name = { $path } contains a file name that points outside of it: { $file }
source-unsafe-name-hint = Do not unpack it. Ask where the file comes from.

output-disk-full = There is no room left to write { $path }.
output-disk-full-hint = Free some space or write to another disk; nothing was left half-written.
output-not-writable = { $path } could not be written: { $detail }
output-not-writable-hint = Check that the folder exists and that you may write in it.
output-not-empty = The folder { $path } exists already and is not empty.
output-not-empty-hint = Name a new folder, so that the evidence of two visits is never mixed.
