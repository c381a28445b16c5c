"""Names people have, and words that capital letters make look like names. All folded: no accents, lower case."""

from __future__ import annotations

# Nobody writes these for anything but a person: they are found in lower case too, as dictation writes them.
CERTAIN = frozenset(
    """
    aaron abigail abraham adela adolfo adrian adriana agustin ainhoa aitor alan alberto alejandra alejandro
    alessandra alexandra alexis alfonso alfredo alicia almudena alonso alvaro amaia amalia ana anabel anahi
    analia andrea andres andreu angela angelica angelines anibal anita anselmo antonia antonio aracely ariadna
    ariel armando arnau arturo asier aurelio aurora axel azucena bartolome beatriz begona belinda benito
    benjamin bernarda bernardo berta beto bianca borja brayan brenda brian bruno camila camilo carina carla
    carlos carmela carmen carmina carolina catalina cayetano cecilia celia charo chelo chema christian chus
    cintia claudia claudio conchi cristian cristina cristobal dafne damian dani daniel daniela dario david
    debora delfina delia denise diana diego dora edgar edgardo edith edmundo edu eduardo efrain elena elias
    elisa elisabet elizabeth eloisa eloy elsa elvira emilia emiliano emilio emma encarna encarnacion enrique
    eric erica ernesto esteban estefania ester esther estibaliz eufrasia eugenia eugenio eusebio evaristo
    ezequiel fabian fabiana fabio fatima federica federico felipa felipe felix fermin fernanda fernando fidel
    florencia fran francisca francisco gabriel gabriela gael genaro gerardo german gilberto gina gines gisela
    gonzalo gorka graciela gregorio griselda guadalupe guillermina guillermo gustavo hector heidi helena
    heriberto hernan hilda hugo humberto ian ibai ignacia ignacio iker inaki ines ingrid inigo irene irma isa
    isaac isabel isabela isidro ismael itziar ivan ivana ivette jacinto jacobo jaime jairo janet javi javier
    jennifer jenny jeronimo jessica jesus jimena joaquin joaquina joel johana jonathan jordi jorge jose josefa
    josefina joselyn josue juan juana juanito juanjo judith julen julia julian juliana julieta karen karina
    karla katherine kevin koldo laia lalo laura lautaro leandro leire leonardo leonor leopoldo leticia liliana
    lola loli lorena lorenzo lourdes lucas lucia luciana luciano lucrecia luis luisa lupe lupita mabel macarena
    maite malena manolo manu manuel manuela marcela marcelo marcos mari maria mariana mariano maribel maricarmen
    mariona marisa marisol marta martha martin martina martino maru mateo matias mauricio maximiliano mayra
    mayte melisa micaela miguel miguelito mikel mireia miriam moises monica montse montserrat nacho nadia nahuel
    nando natalia neus nicanor nicolas nicole noelia nora norberto norma nuria octavio odalys oihane olga oriol
    oscar osvaldo pablo paco pamela panchito pancho paola paqui paquito patricia patxi paula paulina paulino
    pedro pepa pepe pepi pepita pili quique rafa rafael ramiro ramon raquel raul rebeca regina renata renato
    ricardo rigoberto roberta roberto rocio rodolfo rodrigo rogelio roman romina roque rosalia rosana rosita
    roxana ruben rufino ruth sabina sabrina salome samanta samuel sandra santi santiago sara saul sebas
    sebastian selena sergi sergio silvana silvia simon simona sofia sonia soraya susana susi tamara tania
    tatiana teo teodoro tere teresa thiago tiago tomas toni tono unai ursula valentin valentina valeria vanesa
    vanessa veronica vicenta vicente victor victoriano viviana walter wenceslao wilfredo william wilson xavi
    xavier ximena yago yaiza yamila yasmin yesenia yesica yolanda yuri zaida zoe zulema
    """.split()
)
# Also words of every day: a name only with a capital in the middle of a sentence, or where the text says so.
ALSO_WORDS = frozenset(
    """
    abril africa alba alma amada amado amparo angel angeles araceli asuncion augusta augusto barbara bella
    benigna blanca candela caridad cesar clara clemente concepcion consuelo cruz delfin dolores domingo
    esperanza estrella fe felicidad flor franca franco gema gloria gracia inmaculada inocencia iris jade julio
    leo leon lidia linda luna luz magdalena mar marcial marco margarita marina maximo mercedes milagro milagros
    mora natividad nieves noa olivia olmo patricio paz perfecto perla piedad pilar pio placido primitivo
    prudencia ramos reyes rosa rosario ruy salvador santos segundo serena severo socorro sol soledad trinidad
    vera victoria violeta virtudes
    """.split()
)
SURNAMES = frozenset(
    """
    acosta aguilar aguirre alonso alvarez arias arroyo benitez blanco bravo caballero cabrera calvo campos cano
    carmona carrasco castillo castro contreras cortes crespo cruz delgado diaz dominguez duran escobar espinoza
    esteban fernandez ferrer figueroa flores fuentes gallardo gallego garcia garrido gil gimenez gomez gonzalez
    guerrero gutierrez guzman hernandez herrera herrero hidalgo ibanez iglesias jimenez juarez leon lopez
    lorenzo lozano marin marquez martin martinez medina mejia mendez mendoza merino molina montero mora morales
    moreno moya munoz navarro nieto nunez ochoa ojeda ortega ortiz pacheco padilla palacios parra pascual pastor
    pena peralta perez ponce prieto quintero quiroga ramirez ramos restrepo rey reyes rios rivas rivera robles
    rodriguez rojas roman romero rosales rubio ruiz saez salas salazar salinas sanchez santana santiago santos
    sanz serrano silva soler soto suarez torres trujillo valdez valencia vargas vasquez vazquez vega velasco
    vera vicente vidal villalba villanueva zamora zapata zuniga
    """.split()
)
# Capitals that tell nothing about a person: programs, networks, papers, countries, feasts.
PUBLIC = frozenset(
    """
    abril access acrobat adobe afip agosto alemania amazon america android apple argentina argentino asunto
    autonomos bandcamp behance bizum bolivia brasil canva centroamerica ceo chatgpt chile china cif colombia
    corel costa cuba cuit diciembre dios discord dni domingo dropbox ecuador ee enero espana espanol estado etsy
    europa excel facebook febrero figma filipinas fiverr francia freelancer fw fwd gmail google guatemala
    hacienda honduras hotmail illustrator ilustrator indesign inglaterra ingles instagram internet irpf italia
    iva java javascript jueves julio junio latinoamerica ley linkedin linux lunes mac magento marruecos martes
    marzo mayo meet mercado messenger mexico microsoft miercoles monotributo navidad netflix nicaragua nie nif
    notion noviembre octubre office ok outlook panama para paraguay paypal pd pdf peru photoshop portugal
    powerpoint prestashop ps puerto python re reel reels reino republica rfc rgpd rico rrss rut rv sabado
    salvador sat seguridad semana seo septiembre shopify skype slack social spotify stripe sunat telegram tiktok
    trello twitch twitter uber ue unido unidos upwork uruguay venezuela viernes wallapop wallet web wetransfer
    whats whatsap whatsapp windows wix word wordpress workana yahoo youtube zoom
    """.split()
)
# Words that begin a sentence beside a name without being part of it («Ayer Marta…»).
OPENERS = frozenset(
    """
    a abogada abogado abrazo aca ademas ahi ahora al algo alguien algun alguna antes aparte apenas aqui
    arquitecta arquitecto asi asunto atentamente aun aunque ayer buen buenas bueno buenos cada casi claro como
    con contra cordialmente correo cual cualquier cuando cuanto de decia del desde despues dice dicen dijo
    doctor doctora don dona donde dos dr dra durante e el ella ellas ellos email en encima entonces entre
    enviada enviado era eran es esa escribi ese eso esta estaba estan este estimada estimado esto estoy fecha
    fue gracias ha hace hacia han hasta hay he hola hoy igual incluso ing ingeniera ingeniero la las le les lic
    licenciada licenciado llame lo los luego manana mas me mi mientras mis mucho muy nada ni ninguna ninguno no
    nos nuestra nuestro nunca o os otra otro otros para pero por porque primero profesor profesora pues que
    querida querido quien quienes resulta saludos se segun senor senora ser si sin sobre solo son soy sr sra
    srta su sus tal tambien tampoco tan tanto te tel telefono tengo tenia tiene toda todas todavia todo todos
    trabajo tras tu tus u un una unas uno unos va van veo viene vino vivo y ya yo
    """.split()
)
