# Ce qui est dit quand un chemin ne donne aucun élément de preuve, et quand un fichier ne peut pas être écrit.

source-not-found = Il n’y a rien à l’emplacement { $path }.
source-not-found-hint = Vérifiez l’orthographe; pour un téléphone branché, écrivez adb:NUMÉRO_DE_SÉRIE.
source-empty = { $path } est vide.
source-empty-hint = Copiez de nouveau le fichier depuis son emplacement d’origine, ou produisez un nouveau rapport de bogue.
source-io = { $path } n’a pas pu être lu : { $detail }
source-io-hint = Vérifiez les permissions du fichier et que le disque est toujours branché.
source-unrecognised = { $path } ne contient rien que poucet connaisse : ni rapport de bogue, ni acquisition AndroidQF, ni dossier de preuves poucet, ni sortie de dumpsys, ni instantané poucet.
source-unrecognised-hint = Donnez le zip du rapport de bogue tel que le téléphone l’a produit, le dossier AndroidQF entier, ou des fichiers texte avec les sorties de dumpsys package et de dumpsys appops.
source-damaged = Le zip { $path } est endommagé et rien n’a pu y être lu : { $detail }
source-damaged-hint = Copiez-le de nouveau depuis le téléphone; la cause habituelle est un transfert interrompu.
source-too-large = { $path } dépasse { $limit } octets une fois décompressé, ce qu’aucun rapport de bogue ne fait.
source-too-large-hint = Ne le décompressez pas : c’est peut-être une bombe zip. Demandez d’où vient le fichier.
source-ios-backup-not-yet = { $path } est une sauvegarde iOS, que cette version de poucet ne sait pas encore lire.
source-ios-backup-not-yet-hint = Conservez la sauvegarde; rien n’y a été ouvert ni modifié.
source-bad-manifest = Le manifeste du dossier de preuves { $path } est incompréhensible : { $detail }
source-bad-manifest-hint = Le dossier vient peut-être d’un poucet plus récent, ou son manifeste a été modifié. Mettez poucet à jour ou refaites la collecte.
source-altered = Dans le dossier de preuves { $path }, { $file } n’est pas ce qui a été collecté : son empreinte SHA-256 ne correspond pas au manifeste.
source-altered-hint = Utilisez le dossier d’origine. Des preuves modifiées après la collecte ne sont pas jugées.
source-unsafe-name = { $path } contient un nom de fichier qui pointe en dehors de lui : { $file }
source-unsafe-name-hint = Ne le décompressez pas. Demandez d’où vient le fichier.

output-disk-full = Il ne reste plus de place pour écrire { $path }.
output-disk-full-hint = Libérez de l’espace ou écrivez sur un autre disque; rien n’est resté à moitié écrit.
output-not-writable = { $path } n’a pas pu être écrit : { $detail }
output-not-writable-hint = Vérifiez que le dossier existe et que vous pouvez y écrire.
output-not-empty = Le dossier { $path } existe déjà et n’est pas vide.
output-not-empty-hint = Nommez un nouveau dossier, pour que les preuves de deux visites ne se mélangent jamais.
