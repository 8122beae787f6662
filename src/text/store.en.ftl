# The history of a fleet: what can go wrong with its store.

store-missing = { $place }: there is no store here yet
store-missing-hint = run `poucet audit --store` first, or name another place with --store=PLACE
store-not-ours = { $place }: this is no store of poucet; it was left as it is
store-not-ours-hint = name another file with --store=FILE
store-changed = { $place }: this is no store of poucet, or somebody else has changed it: { $detail }
store-changed-hint = it was left as it is; bring it back from a copy, or name another place with --store=PLACE
store-not-a-file = { $place }: SQLite takes this for no file, and what is stored there would be lost
store-not-a-file-hint = name a file with --store=FILE; one whose name begins so: --store=./FILE
store-newer = { $place }: a later version of poucet wrote this store (version { $version } of its tables)
store-newer-hint = bring poucet on this desk up to date
store-bad-address = { $place }: the address of the database is not understood: { $detail }
store-bad-address-hint = write postgres://USER@HOST/DATABASE, with the password in POUCET_STORE_PASSWORD or PGPASSWORD
store-no-authorities = { $place }: this computer knows no certificate authority that could vouch for the database
store-no-authorities-hint = install the system's certificates, or name a file of them in SSL_CERT_FILE
store-gone = { $place }: the database does not answer: { $detail }
store-gone-hint = look whether it runs and can be reached; nothing that is stored is lost
store-refused = { $place }: the database refused: { $detail }
store-refused-hint = look at what the database says; mostly it is the rights of the file or of its user, or the room on the disk
store-left-refused = { $file }: this reading waits, and the database refuses it: { $detail }
store-left-refused-hint = look at what the database says; { $file } goes in when it is mended, or delete it to give this reading up
store-left-unreadable = { $file }: this is no reading that waits, or it cannot be read
store-left-unreadable-hint = look at { $file }, and delete it if nothing can be made of it
store-damaged = { $place }: reading { $reading } is not what was stored: { $detail }
store-damaged-hint = bring the store back from a copy, or judge its readings again into a new one: `poucet fleet export | poucet audit - --store=NEW`
store-no-device = { $place }: no device whose id begins with { $word }
store-no-device-hint = `poucet fleet list` shows the devices
store-nothing-deleted = { $place }: nothing that was deleted can be brought back
store-nothing-deleted-hint = `poucet fleet restore --list` shows what was deleted, and until when it could be
store-clock-early = The clock of this computer says { $clock }, before poucet itself was made: nothing was deleted.
store-clock-server = The clocks of this computer ({ $clock }) and of the database ({ $store }) differ by more than a day: nothing was deleted.
store-clock-ahead = The clock of this computer says { $clock }, years after what the store last heard ({ $store }): nothing was deleted.
store-clock-behind = The clock of this computer says { $clock }, and the store has heard { $store } before: nothing was deleted.
store-clock-leap = The clock of this computer says { $clock }, weeks after what the store last heard: until it has gone on for a day, age counts from { $store }.
store-clock-hint = Set the clock, or say that it is right with `poucet fleet prune --clock-is-right`.
store-ambiguous = { $place }: several devices begin with { $word }: { $matches }
store-ambiguous-hint = write more of the id
