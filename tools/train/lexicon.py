"""The words of the English-French language that `sentences.py` speaks.

Three tables, one word per line, English first.  A leading `*` marks the core words, which alone
make up the language of the smallest model (`eng-fra-tiny`).

Limits: nouns have one gender, French plurals follow the rules in `plural_fr` unless written out,
no noun starts with an aspirated h, and no English form belongs to two words of different meaning
(so each English sentence has one translation).  All words are Latin-1.
"""

# english[/plural] french[/plural] gender classes       (plural `-`: a mass noun)
# classes: p person, a animal, f food, d drink, o object, c clothes, r reading, l place
NOUNS = """
*man/men homme m p
*woman/women femme f p
*boy garçon m p
*girl fille f p
*child/children enfant m p
*friend ami m p
*doctor médecin m p
teacher professeur m p
king roi m p
queen reine f p
neighbor voisin m p
*brother frère m p
mother mère f p
father père m p
student étudiant m p
uncle oncle m p
aunt tante f p
actress/actresses actrice f p
nurse infirmière f p
singer chanteuse f p
*dog chien m a
*cat chat m a
*horse cheval/chevaux m a
*cow vache f a
*bird oiseau m a
mouse/mice souris f a
rabbit lapin m a
duck canard m a
hen poule f a
wolf/wolves loup m a
elephant éléphant m a
goat chèvre f a
bee abeille f a
turtle tortue f a
*apple pomme f f
*orange orange f f
pear poire f f
carrot carotte f f
*tomato/tomatoes tomate f f
cherry/cherries cerise f f
*cake gâteau m f
onion oignon m f
lemon citron m f
cookie biscuit m f
mushroom champignon m f
pineapple ananas m f
*bread/- pain m f
*cheese/- fromage m f
*meat/- viande f f
rice/- riz m f
*soup/- soupe f f
butter/- beurre m f
chocolate/- chocolat m f
salad/- salade f f
honey/- miel m f
jam/- confiture f f
garlic/- ail m f
*milk/- lait m d
*water/- eau f d
*coffee/- café m d
*tea/- thé m d
juice/- jus m d
*wine/- vin m d
beer/- bière f d
lemonade/- limonade f d
cider/- cidre m d
*car voiture f o
*table table f o
*chair chaise f o
*key clé f o
knife/knives couteau m o
glass/glasses verre m o
*bottle bouteille f o
bag sac m o
box/boxes boîte f o
*ball balle f o
door porte f o
*window fenêtre f o
lamp lampe f o
bike vélo m o
*boat bateau m o
*tree arbre m o
*flower fleur f o
umbrella parapluie m o
clock horloge f o
computer ordinateur m o
cup tasse f o
plate assiette f o
bed lit m o
toy jouet m o
plane avion m o
basket panier m o
ladder échelle f o
guitar guitare f o
stone pierre f o
*shirt chemise f c
*hat chapeau m c
*shoe chaussure f c
coat manteau m c
dress/dresses robe f c
sock chaussette f c
glove gant m c
scarf/scarves écharpe f c
jacket veste f c
*book livre m r
*letter lettre f r
newspaper journal/journaux m r
story/stories histoire f r
poem poème m r
novel roman m r
*house maison f l
*garden jardin m l
*market marché m l
*school école f l
kitchen cuisine f l
street rue f l
*city/cities ville f l
village village m l
church/churches église f l
hotel hôtel m l
hospital hôpital/hôpitaux m l
beach/beaches plage f l
*park parc m l
forest forêt f l
river rivière f l
station gare f l
office bureau m l
restaurant restaurant m l
island île f l
museum musée m l
"""

# english third-person past infinitive [je,tu,il,nous,ils participle] objects[:kind]
# `-` as past: no past tense (its form would be ambiguous or needs être).  Objects: the noun
# classes taken, `-` for none.  Kinds: g bare objects are generic (aimer le lait), w no imperative,
# à/de/dans the preposition French puts before the object; an English particle is joined by `_`.
VERBS = """
*eat eats ate manger f
*drink drinks drank boire bois,bois,boit,buvons,boivent bu d
*see sees saw voir vois,vois,voit,voyons,voient vu pafdocrl:w
*like likes liked aimer pafdocrl:gw
love loves loved adorer pafdocrl:gw
hate hates hated détester pafdocrl:gw
*prefer prefers preferred préférer préfère,préfères,préfère,préférons,préfèrent préféré afdocr:gw
*buy buys bought acheter achète,achètes,achète,achetons,achètent acheté afdocr
*sell sells sold vendre vends,vends,vend,vendons,vendent vendu afdocr
*have has had avoir ai,as,a,avons,ont eu afdocr:w
*want wants wanted vouloir veux,veux,veut,voulons,veulent voulu afdocr:w
*take takes took prendre prends,prends,prend,prenons,prennent pris afdocr
*find finds found trouver pafdocrl
*look_for looks_for looked_for chercher pafdocrl
*look_at looks_at looked_at regarder pafocrl
*read reads - lire lis,lis,lit,lisons,lisent lu r
*write writes wrote écrire écris,écris,écrit,écrivons,écrivent écrit r
*open opens opened ouvrir ouvre,ouvres,ouvre,ouvrons,ouvrent ouvert or
close closes closed fermer or
wash washes washed laver pafoc
*carry carries carried porter afdoc
wear wears wore porter c
lose loses lost perdre perds,perds,perd,perdons,perdent perdu afocr
hide hides hid cacher pafdocr
draw draws drew dessiner pafocl
break breaks broke casser o
*help helps helped aider pa
call calls called appeler appelle,appelles,appelle,appelons,appellent appelé pa
invite invites invited inviter p
follow follows followed suivre suis,suis,suit,suivons,suivent suivi pa
visit visits visited visiter l
*hear hears heard entendre entends,entends,entend,entendons,entendent entendu pa:w
keep keeps kept garder afdocr
choose chooses chose choisir choisis,choisis,choisit,choisissons,choisissent choisi afdocrl
forget forgets forgot oublier pafdocrl
prepare prepares prepared préparer fd
feed feeds fed nourrir nourris,nourris,nourrit,nourrissons,nourrissent nourri a
wait_for waits_for waited_for attendre attends,attends,attend,attendons,attendent attendu pao
*speak_to speaks_to spoke_to parler pa:à
answer_to answers_to answered_to répondre réponds,réponds,répond,répondons,répondent répondu p:à
*go_to goes_to - aller vais,vas,va,allons,vont allé l:àw
come_from comes_from - venir viens,viens,vient,venons,viennent venu l:dew
dream_of dreams_of dreamed_of rêver pafdocrl:de
*live_in lives_in lived_in habiter l:dansw
*sleep sleeps slept dormir dors,dors,dort,dormons,dorment dormi -
*work works worked travailler -
*sing sings sang chanter -
dance dances danced danser -
*run runs ran courir cours,cours,court,courons,courent couru -
walk walks walked marcher -
laugh laughs laughed rire ris,ris,rit,rions,rient ri -
cry cries cried pleurer -
swim swims swam nager -
"""

# english place[b]efore/[a]fter masculine feminine[/before a vowel] nouns
ADJECTIVES = """
*small b petit petite pafocrl
*big b grand grande pafocrl
*beautiful b beau belle/bel pafocrl
*new b nouveau nouvelle/nouvel ocrl
*old b vieux vieille/vieil paocrl
*good b bon bonne fdr
bad b mauvais mauvaise fdr
young b jeune jeune pa
pretty b joli jolie aocl
*red a rouge rouge foc
*blue a bleu bleue oc
*green a vert verte foc
*black a noir noire aoc
*white a blanc blanche afoc
yellow a jaune jaune foc
heavy a lourd lourde or
expensive a cher chère fdocr
*cold a froid froide fdl
hot a chaud chaude fd
dirty a sale sale paocl
empty a vide vide l
*tired a fatigué fatiguée pa
*happy a heureux heureuse pa
sad a triste triste par
rich a riche riche p
strong a fort forte pa
intelligent a intelligent intelligente pa
dangerous a dangereux dangereuse al
italian a italien italienne pfr
interesting a intéressant intéressante rlp
"""
