# Que faire lorsqu’un téléphone ou un serveur ADB n’est pas prêt.

device-unauthorized = Déverrouillez le téléphone et acceptez la question « Autoriser le débogage USB? »; ne cochez « Toujours autoriser sur cet ordinateur » que s’il s’agit d’un poste du service.
toggle-usb-debugging = Si la question n’apparaît pas : dans les Options pour les développeurs, désactivez puis réactivez le débogage USB, puis débranchez et rebranchez le téléphone.
device-authorizing = Attendez quelques secondes et regardez le téléphone : il demande peut-être s’il faut faire confiance à cet ordinateur.
device-offline = Débranchez le téléphone, déverrouillez-le et rebranchez-le; en Wi-Fi, désactivez puis réactivez le débogage sans fil.
device-no-permissions-linux = Cet utilisateur n’a pas le droit d’ouvrir la connexion USB du téléphone : installez les règles udev pour Android de votre distribution (paquet « android-sdk-platform-tools-common » ou « android-udev »), reconnectez-vous à la session et rebranchez le téléphone.
device-no-permissions = Cet utilisateur n’a pas le droit d’ouvrir la connexion USB du téléphone : installez le pilote USB du fabricant, ou utilisez les droits qu’il demande, puis rebranchez le téléphone.
device-recovery = Le téléphone est en mode de récupération : choisissez « Reboot system now » sur le téléphone.
device-sideload = Le téléphone attend une mise à jour par le câble : annulez-la sur le téléphone et choisissez « Reboot system now ».
device-rescue = Le téléphone est en mode de secours : redémarrez-le.
device-bootloader = Le téléphone est dans son chargeur d’amorçage : choisissez « Start » sur le téléphone.
device-host = Le téléphone à l’autre bout tient le rôle d’hôte de la connexion : retournez le câble.
device-connecting = La connexion s’établit : attendez quelques secondes et réessayez.
device-detached = Le serveur ADB a lâché ce téléphone : faites-le-lui reprendre avec « adb attach ».
reconnect-network = Le téléphone ne répond pas par le réseau : vérifiez qu’il est déverrouillé, sur ce réseau, et que le débogage sans fil est activé; puis reconnectez-le avec « adb disconnect » et « adb connect ».
restart-emulator = Attendez que l’émulateur ait démarré; si rien ne change, redémarrez-le.
device-unknown = Cet état n’est pas connu : débranchez le téléphone, déverrouillez-le, rebranchez-le et réessayez.
no-phone-in-sight = Activez le débogage USB : dans les Paramètres, À propos du téléphone, touchez sept fois « Numéro de build »; puis, dans les Options pour les développeurs, activez « Débogage USB ».
cable-for-data = Utilisez un câble qui transporte des données et pas seulement le courant, et réglez la notification USB du téléphone sur « Transfert de fichiers ».
unlock-phone = Déverrouillez le téléphone avant de le brancher et laissez-le déverrouillé.
samsung-auto-blocker = Sur un téléphone Samsung, le Blocage automatique arrête les commandes par USB : dans Paramètres, Sécurité et confidentialité, Blocage automatique, désactivez-le le temps de la visite, puis réactivez-le.
advanced-protection = À partir d’Android 16, la Protection avancée refuse les nouvelles connexions USB quand le téléphone est verrouillé : branchez-le déverrouillé.

# Erreurs : que faire ensuite.

adb-no-server = Lancez un serveur ADB avec « adb start-server », ou désignez le téléphone par « usb: » ou « tcp:HÔTE:PORT » pour vous en passer.
adb-no-server-no-program = Aucun programme « adb » n’a été trouvé : installez les platform-tools d’Android et réglez ANDROID_HOME ou PATH, ou désignez le téléphone par « usb: » ou « tcp:HÔTE:PORT » pour vous en passer.
adb-server-silent = Le programme qui tient ce port ne répond pas : c’est peut-être un serveur ADB bloqué; poucet ne l’arrête pas. Relancez-le vous-même, ou changez de port avec ANDROID_ADB_SERVER_PORT.
adb-not-a-server = Un autre programme utilise ce port : indiquez celui de votre serveur ADB avec ANDROID_ADB_SERVER_PORT.
adb-server-refused = Consultez l’état des téléphones avec « poucet devices », puis réessayez.
adb-bad-address = Corrigez la variable d’environnement, ou supprimez-la pour utiliser le serveur habituel (127.0.0.1:5037).
adb-bad-target = Reprenez la cible indiquée par « poucet devices ».
adb-phone-not-found = Reprenez la cible indiquée par « poucet devices »; un téléphone en Wi-Fi doit d’abord être connecté avec « adb connect ». Si ANDROID_SERIAL est défini, c’est lui qui désigne le téléphone quand aucune cible ne le fait.
adb-several-phones = Désignez l’un d’eux par sa cible.
adb-unreachable = Vérifiez l’adresse et que le débogage sans fil est activé : le port change à chaque activation.
adb-not-paired = Associez d’abord cet ordinateur : sur le téléphone, dans les options pour les développeurs, « Débogage sans fil », touchez « Associer l’appareil avec un code d’association », puis lancez « poucet devices pair HÔTE:PORT » avec l’adresse affichée à côté du code; son port n’est pas celui par lequel un téléphone se lit. « adb pair » fait de même avec les platform-tools 30 ou plus récents.
adb-bad-key = Si le téléphone connaît une autre copie de cette clé, mettez-la à sa place; sinon, déplacez le fichier, et une nouvelle clé est créée (« adb start-server » ou « poucet devices pair » en créent une) : les téléphones demandent alors une fois de plus s’il faut faire confiance à cet ordinateur.
adb-pairing-port = Deux ports figurent sur l’écran « Débogage sans fil » du téléphone : indiquez celui qui suit « Adresse IP et port », et non celui affiché à côté du code d’association. Pour associer cet ordinateur, utilisez « poucet devices pair HÔTE:PORT » avec ce dernier.
adb-not-a-phone = Vérifiez l’adresse : le port figure sur le téléphone sous « Débogage sans fil », « Adresse IP et port », et change à chaque activation; après « adb tcpip », c’est 5555.
adb-wrong-code = Saisissez les six chiffres tels que le téléphone les affiche maintenant : chaque « Associer l’appareil avec un code d’association » en affiche de nouveaux, avec un nouveau port.
adb-not-pairing-port = Touchez « Associer l’appareil avec un code d’association » sur l’écran « Débogage sans fil » du téléphone, et indiquez l’adresse affichée à côté du code.
adb-pairing-again = Laissez le code affiché sur le téléphone jusqu’à la fin de l’association, gardez les deux appareils sur le même réseau, puis réessayez : chaque « Associer l’appareil avec un code d’association » affiche un nouveau code et un nouveau port.
adb-connection-network = Gardez le téléphone éveillé et à portée du réseau, vérifiez que le débogage est toujours activé, puis réessayez.
adb-held-by-server = Utilisez la cible « adb:SERIAL » pour passer par ce serveur, ou arrêtez-le avec « adb kill-server » s’il est à vous.
adb-held-by-process = Fermez ce programme, puis réessayez.
adb-timed-out = Déverrouillez le téléphone et regardez-le; réessayez avec un --timeout plus long.
adb-connection = Débranchez le téléphone, rebranchez-le et réessayez.

# Erreurs : ce qui est arrivé.

adb-error-no-server = aucun serveur ADB ne répond sur { $address } : { $detail }
adb-error-server-silent = le serveur ADB sur { $address } accepte les connexions mais ne répond pas
adb-error-not-a-server = ce qui répond sur { $address } n’est pas un serveur ADB : { $got }
adb-error-server-refused = le serveur ADB a refusé `{ $service }` : { $message }
adb-error-bad-address = `{ $variable }={ $value }` ne désigne pas de serveur ADB ; attendu : { $expected }
adb-error-bad-target = `{ $target }` n’est pas une cible ; attendu : { $expected }
adb-error-no-phone = aucun téléphone en vue ({ $place })
adb-error-not-found = aucun téléphone `{ $serial }` en vue ; en vue : { $seen }
adb-error-ambiguous = plusieurs téléphones correspondent à `{ $target }` : { $seen }
adb-error-not-ready = le téléphone `{ $serial }` est dans l’état `{ $state }`
adb-error-unreachable = aucun téléphone ne répond à { $address } : { $detail }
adb-error-unauthorized = le téléphone à { $target } n’a pas accepté cet ordinateur
adb-error-not-paired = le téléphone à { $target } demande le débogage sans fil et n’est pas associé à cet ordinateur : { $detail }
adb-error-no-key = le téléphone à { $target } demande le débogage sans fil, et cet ordinateur n’a pas encore de clé
adb-error-bad-key = la clé { $path } est inutilisable : { $detail }
adb-error-pairing-port = ce qui répond à { $target } parle comme le port d’association d’un téléphone, par lequel aucun téléphone ne se lit
adb-error-not-a-phone = ce qui répond à { $target } n’est pas un téléphone : { $got }
adb-error-wrong-code = le téléphone à { $address } n’a pas accepté le code d’association
adb-error-not-pairing-port = { $address } est le port par lequel un téléphone se lit, et non son port d’association
adb-error-pairing-timed-out = le téléphone à { $address } n’a pas répondu à temps à l’association
adb-error-pairing-failed = l’association avec { $address } a échoué : { $detail }
adb-error-held-by-server = le téléphone { $target } est tenu par le serveur ADB sur { $address }, qui le nomme `{ $serial }`
adb-error-held-by-process = le téléphone { $target } est tenu par { $holder }
adb-error-no-permission = pas le droit d’ouvrir le téléphone { $target } par USB : { $detail }
adb-error-timed-out = le téléphone { $target } n’a pas répondu à temps
adb-error-connection = la connexion au téléphone { $target } a échoué : { $detail }

# Le tableau des questions posées au téléphone.

questions-command = Commande
questions-since = Depuis le niveau d’API
questions-scope = Posée pour
questions-why = Pourquoi
questions-phone = le téléphone
questions-user = chaque utilisateur
