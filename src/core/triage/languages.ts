/**
 * The commonest ways to ask for a change in German, French, Spanish and Portuguese. A small list on purpose: what it does
 * not know goes the direct way, and a caller who means a task can say so.
 */
export function commandsAbroad(sentence: string): boolean {
  const bare = sentence.replace(LEAD, '')
  if (PLEA.test(bare) || BITTE.test(sentence)) return INFINITIVE.test(bare) || IMPERATIVE.test(bare)
  return IMPERATIVE.test(bare) && !/\?\s*$/.test(bare)
}

/** Is this sentence a question in one of these languages? */
export const asksAbroad = (sentence: string): boolean => QUESTION.test(sentence.replace(LEAD, ''))

const list = (flags: string, ...languages: string[]): RegExp => new RegExp(languages.join('|'), flags)
const whole = (words: string): string => `(?<!\\p{L})(?:${words})(?!\\p{L})`

const LEAD =
  /^(?:[-*\d.)\s¿¡]+|(?:bitte|hallo|hi|danke|und|dann|nun|jetzt|bonjour|salut|merci|et|puis|ensuite|alors|s['’]il (?:te|vous) pla[iî]t|stp|svp|hola|gracias|por favor|porfa|y|luego|ahora|olá|oi|obrigad[oa]|e|depois|agora|também)(?!\p{L})[,!.]?\s*)+/iu

const PLEA =
  /^(?:kannst du|könntest du|könnt ihr|können sie|könnten sie|würdest du|würden sie|wir (?:müssen|sollten|wollen)|ich möchte|peux-tu|pourrais-tu|pouvez-vous|pourriez-vous|tu peux|tu pourrais|il faut|il faudrait|on doit|nous devons|je voudrais|j['’]aimerais|puedes|podrías|podría|puede|podés|hay que|tenemos que|necesito|quiero|quisiera|você pode(?:ria)?|voc[êe]s podem|pode(?:ria|s|rias)?|precisamos|precisa-se|é preciso|temos (?:que|de)|quero|gostaria)(?!\p{L})/iu

/** "Bitte einen Test hinzufügen": German orders politely without a person. */
const BITTE = /^bitte(?!\p{L})/iu

const INFINITIVE = list(
  'iu',
  whole(
    'beheben|fixen|reparieren|korrigieren|hinzufügen|ergänzen|ändern|anpassen|ersetzen|entfernen|löschen|umbenennen|refaktorieren|refactoren|implementieren|schreiben|erstellen|anlegen|einbauen|umbauen|verschieben|aktualisieren|optimieren|vereinfachen|auslagern|umstellen|aufräumen|dokumentieren|testen',
  ),
  whole(
    'corriger|réparer|ajouter|rajouter|supprimer|enlever|retirer|remplacer|renommer|refactoriser|refactorer|implémenter|modifier|changer|créer|écrire|mettre à jour|déplacer|optimiser|simplifier|extraire|documenter|tester|gérer',
  ),
  whole(
    'arregl(?:ar|es)|correg(?:ir)|corrij(?:as)|añad(?:ir|as)|agreg(?:ar|ues)|elimin(?:ar|es)|borr(?:ar|es)|quit(?:ar|es)|reemplaz(?:ar)|cambi(?:ar|es)|renombr(?:ar|es)|refactoriz(?:ar)|implement(?:ar|es)|modific(?:ar)|cre(?:ar|es)|escrib(?:ir|as)|actualiz(?:ar)|mover|optimiz(?:ar)|simplific(?:ar)|document(?:ar)|soport(?:ar)|manej(?:ar)',
  ),
  whole(
    'corrigir|consertar|adicionar|acrescentar|remover|apagar|excluir|substituir|trocar|mudar|alterar|renomear|refatorar|implementar|modificar|criar|escrever|atualizar|mover|otimizar|simplificar|documentar|tratar|suportar',
  ),
)

const IMPERATIVE = list(
  'iu',
  `^${whole('beheb(?:e|t|en sie)?|fixe?|reparier(?:e|t)?|korrigier(?:e|t|en sie)?|füg(?:e|t|en sie)?|ergänz(?:e|t|en sie)?|änder(?:e|t|n sie)?|ersetz(?:e|t|en sie)?|entfern(?:e|t|en sie)?|lösch(?:e|t|en sie)?|benenn(?:e|t|en sie)?|refaktorier(?:e|t)?|implementier(?:e|t|en sie)?|schreib(?:e|t|en sie)?|erstell(?:e|t|en sie)?|bau(?:e|t)?|mach(?:e|t)?|verschieb(?:e|t)?|aktualisier(?:e|t|en sie)?|optimier(?:e|t)?|vereinfach(?:e|t)?|passe?|stell(?:e|t)?|räum(?:e|t)?|dokumentier(?:e|t)?|konvertier(?:e|t)?')}`,
  `^${whole('corrige[zr]?|répare[zr]?|ajoute[zr]?|rajoute[zr]?|supprime[zr]?|enlève|enlevez|retire[zr]?|remplace[zr]?|renomme[zr]?|refactorise[zr]?|implémente[zr]?|modifie[zr]?|change[zr]?|crée[zr]?|écri(?:s|vez|re)|met(?:s|tez|tre) à jour|déplace[zr]?|optimise[zr]?|simplifie[zr]?|extrai[st]|documente[zr]?|gère|gérer|convertis')}`,
  `^${whole('corrige|corregir|arregla|arregle|arreglar|añade|añada|añadir|agrega|agregue|agregar|elimina|elimine|eliminar|borra|borrar|quita|quitar|reemplaza|reemplazar|cambia|cambie|cambiar|renombra|renombrar|refactoriza|refactorizar|implementa|implementar|modifica|crea|crear|escribe|escriba|actualiza|actualizar|mueve|optimiza|simplifica|documenta|convierte|haz que')}`,
  `^${whole('corrija|corrigir|conserte|adicione|adiciona|adicionar|acrescente|remova|remover|apague|exclua|substitua|troque|mude|altere|renomeie|refatore|implemente|modifique|crie|escreva|atualize|mova|otimize|simplifique|documente|converta|faça com que')}`,
)

const QUESTION =
  /^(?:wie|warum|wieso|weshalb|was|wo|wann|wer|welche[rsn]?|ist|sind|gibt es|kann (?:man|ich)|soll(?:te)? ich|erklär(?:e|en sie)?|beschreib(?:e|en sie)?|zeig(?:e|en sie)?|fass(?:e)?|comment|pourquoi|qu['’]|que fait|quel(?:le)?s?|où|quand|qui|est-ce|expliques?|expliquez|décri[st]|montre|résume|cómo|por qué|qué|cuál|dónde|cuándo|quién|explica|explique|describe|muestra|resume|como|por que|o que|qual|quais|onde|quando|quem|descreva|mostre|resuma)(?!\p{L})|^(?:kannst du|könntest du|können sie|peux-tu|pouvez-vous|puedes|podrías|você pode|pode)\s(?:\p{L}+\s){0,3}?(?:erklären|zeigen|sagen|expliquer|montrer|dire|explicar|mostrar|decir|dizer)|(?:erklären|zeigen|beschreiben)\s*\?*$/iu
