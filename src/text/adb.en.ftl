# What to do when a phone or an ADB server is not ready.

device-unauthorized = Unlock the phone and accept the question "Allow USB debugging?"; tick "Always allow from this computer" only if it is a desk computer.
toggle-usb-debugging = If the question does not appear: in Developer options, switch USB debugging off and on again, then unplug the phone and plug it back in.
device-authorizing = Wait a few seconds and look at the phone: it may be asking whether to trust this computer.
device-offline = Unplug the phone, unlock it, and plug it back in; over Wi-Fi, switch wireless debugging off and on again.
device-no-permissions-linux = This user may not open the phone's USB connection: install your distribution's Android udev rules (package "android-sdk-platform-tools-common" or "android-udev"), log in again, and plug the phone back in.
device-no-permissions = This user may not open the phone's USB connection: install the manufacturer's USB driver, or run with the rights it asks for, and plug the phone back in.
device-recovery = The phone is in recovery mode: choose "Reboot system now" on the phone.
device-sideload = The phone waits for a system update over the cable: cancel it on the phone and choose "Reboot system now".
device-rescue = The phone is in rescue mode: restart it.
device-bootloader = The phone is in its boot loader: choose "Start" on the phone.
device-host = The phone at the other end acts as the host of the connection: plug the cable the other way round.
device-connecting = The connection is being made: wait a few seconds and try again.
device-detached = The ADB server has let this phone go: let it take the phone again with "adb attach".
reconnect-network = The phone does not answer over the network: check that it is unlocked, on this network, and that wireless debugging is on; then "adb disconnect" and "adb connect" it again.
restart-emulator = Wait until the emulator has started; if it stays like this, restart it.
device-unknown = This state is not known: unplug the phone, unlock it, plug it back in, and try again.
no-phone-in-sight = Switch on USB debugging: in Settings, About phone, tap "Build number" seven times; then, in Developer options, switch on "USB debugging".
cable-for-data = Use a cable that carries data, not only power, and set the phone's USB notification to "File transfer".
unlock-phone = Unlock the phone before plugging it in, and leave it unlocked.
samsung-auto-blocker = On a Samsung phone, Auto Blocker stops commands over USB: in Settings, Security and privacy, Auto Blocker, switch it off for the time of the visit, and on again afterwards.
advanced-protection = On Android 16 and later, Advanced Protection refuses new USB connections while the phone is locked: plug it in unlocked.

# Errors: what to do next.

adb-no-server = Start an ADB server with "adb start-server", or name the phone as "usb:" or "tcp:HOST:PORT" to do without one.
adb-no-server-no-program = No "adb" program was found: install Android's platform-tools and set ANDROID_HOME or PATH, or name the phone as "usb:" or "tcp:HOST:PORT" to do without one.
adb-server-silent = The program on that port does not answer: it may be a wedged ADB server; poucet does not end it. Restart it yourself, or use another port with ANDROID_ADB_SERVER_PORT.
adb-not-a-server = Another program uses that port: name the port of your ADB server with ANDROID_ADB_SERVER_PORT.
adb-server-refused = Look at "poucet devices" for the states of the phones, and try again.
adb-bad-address = Correct the environment variable, or unset it to use the usual server (127.0.0.1:5037).
adb-bad-target = Take the target from "poucet devices".
adb-phone-not-found = Take the target from "poucet devices"; a phone over Wi-Fi must first be connected with "adb connect". Where ANDROID_SERIAL is set, it names the phone when no target does.
adb-several-phones = Name one of them by its target.
adb-unreachable = Check the address and that wireless debugging is on: the port changes each time it is switched on.
adb-not-paired = Pair this computer first: on the phone, in Developer options, "Wireless debugging", tap "Pair device with pairing code", and run "poucet devices pair HOST:PORT" with the address shown beside the code; its port is another than the one a phone is read through. "adb pair" does the same with platform-tools 30 or later.
adb-bad-key = If the phone may know another copy of this key, put that copy in its place; else move the file away, and a new key is made ("adb start-server" or "poucet devices pair" make one): phones then ask once more whether to trust this computer.
adb-pairing-port = Two ports stand on the phone's "Wireless debugging" screen: name the one under "IP address & port", not the one beside the pairing code. To pair this computer, use "poucet devices pair HOST:PORT" with the latter.
adb-not-a-phone = Check the address: the port stands on the phone under "Wireless debugging", "IP address & port", and changes each time it is switched on; after "adb tcpip" it is 5555.
adb-wrong-code = Type the six digits as the phone shows them now: every "Pair device with pairing code" shows new ones, with a new port.
adb-not-pairing-port = Tap "Pair device with pairing code" on the phone's "Wireless debugging" screen, and name the address that stands beside the code.
adb-pairing-again = Keep the code on the phone's screen until the pairing is done, keep both in the same network, and try again: every "Pair device with pairing code" shows a new code and a new port.
adb-connection-network = Keep the phone awake and in reach of the network, check that debugging is still switched on, and try again.
adb-held-by-server = Use the target "adb:SERIAL" to go through that server, or stop it with "adb kill-server" if it is yours.
adb-held-by-process = Close that program, then try again.
adb-timed-out = Unlock the phone and look at it; try again with a longer --timeout.
adb-connection = Unplug the phone, plug it back in, and try again.

# Errors: what happened.

adb-error-no-server = no ADB server answers on { $address }: { $detail }
adb-error-server-silent = the ADB server on { $address } accepts connections but does not answer
adb-error-not-a-server = what answers on { $address } is no ADB server: { $got }
adb-error-server-refused = the ADB server refused `{ $service }`: { $message }
adb-error-bad-address = `{ $variable }={ $value }` names no ADB server; expected: { $expected }
adb-error-bad-target = `{ $target }` is no target; expected: { $expected }
adb-error-no-phone = no phone in sight ({ $place })
adb-error-not-found = no phone `{ $serial }` in sight; in sight: { $seen }
adb-error-ambiguous = several phones fit `{ $target }`: { $seen }
adb-error-not-ready = the phone `{ $serial }` is in state `{ $state }`
adb-error-unreachable = no phone answers at { $address }: { $detail }
adb-error-unauthorized = the phone at { $target } has not accepted this computer
adb-error-not-paired = the phone at { $target } asks for wireless debugging and is not paired with this computer: { $detail }
adb-error-no-key = the phone at { $target } asks for wireless debugging, and this computer has no key yet
adb-error-bad-key = the key { $path } cannot be used: { $detail }
adb-error-pairing-port = what answers at { $target } speaks as the pairing port of a phone does, through which no phone is read
adb-error-not-a-phone = what answers at { $target } is no phone: { $got }
adb-error-wrong-code = the phone at { $address } did not accept the pairing code
adb-error-not-pairing-port = { $address } is the port that a phone is read through, not its pairing port
adb-error-pairing-timed-out = the phone at { $address } did not answer the pairing in time
adb-error-pairing-failed = the pairing with { $address } failed: { $detail }
adb-error-held-by-server = the phone { $target } is held by the ADB server on { $address }, which lists it as `{ $serial }`
adb-error-held-by-process = the phone { $target } is held by { $holder }
adb-error-no-permission = no permission to open the phone { $target } over USB: { $detail }
adb-error-timed-out = the phone { $target } did not answer in time
adb-error-connection = the connection to the phone { $target } failed: { $detail }

# The table of the questions that are put to a phone.

questions-command = Command
questions-since = From API level
questions-scope = Asked for
questions-why = Why
questions-phone = the phone
questions-user = each user
