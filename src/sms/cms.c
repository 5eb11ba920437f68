#include "sms/cms.h"

/* In order of `from`; what is not listed is in doubt. 10 and 30 are also the +CME ERRORs
 * "no SIM" and "no network service", and libGammu does not tell which one it read: so they
 * are not taken for final. */
static const struct {
    int from, to;
    enum wire_outcome outcome;
    const char *words;
} meanings[] = {
    {1, 1, WIRE_REFUSED, "the number does not exist"},
    {8, 8, WIRE_REFUSED, "the operator bars messages to this number"},
    {10, 10, WIRE_NOT_NOW, "barred by the operator, or no SIM"},
    {21, 21, WIRE_NOT_NOW, "the network rejected it"},
    {27, 27, WIRE_NOT_NOW, "the phone is out of order"},
    {28, 28, WIRE_REFUSED, "the network does not know the number"},
    {29, 29, WIRE_NOT_NOW, "the network rejected the service"},
    {30, 30, WIRE_NOT_NOW, "unknown to the network, or no network"},
    {38, 38, WIRE_IN_DOUBT, "the network is out of order"},
    {41, 41, WIRE_IN_DOUBT, "temporary failure of the network"},
    {42, 42, WIRE_IN_DOUBT, "the network is congested"},
    {47, 47, WIRE_IN_DOUBT, "the network has no resources"},
    {50, 50, WIRE_REFUSED, "the SIM's contract does not allow it"},
    {69, 69, WIRE_REFUSED, "the network cannot do this"},
    {81, 81, WIRE_REFUSED, "invalid reference"},
    {95, 99, WIRE_REFUSED, "the network cannot read the message"},
    {128, 143, WIRE_REFUSED, "the service centre does not know the protocol"},
    {144, 159, WIRE_REFUSED, "the service centre does not know the coding"},
    {160, 175, WIRE_REFUSED, "the service centre cannot do this"},
    {176, 176, WIRE_REFUSED, "the service centre does not take such messages"},
    {177, 191, WIRE_REFUSED, "refused by the service centre"},
    {192, 192, WIRE_NOT_NOW, "the service centre is busy"},
    {193, 193, WIRE_REFUSED, "no contract with the service centre"},
    {194, 194, WIRE_NOT_NOW, "failure of the service centre"},
    {195, 195, WIRE_REFUSED, "the number is not valid"},
    {196, 196, WIRE_REFUSED, "the number is barred"},
    {197, 197, WIRE_REFUSED, "refused as a duplicate"},
    {198, 199, WIRE_REFUSED, "the service centre refuses the validity"},
    {200, 207, WIRE_REFUSED, "refused by the service centre"},
    {208, 255, WIRE_NOT_NOW, "the receiving side could not take it"},
    {302, 302, WIRE_NOT_NOW, "not allowed now"},
    {303, 303, WIRE_REFUSED, "the modem cannot do this"},
    {304, 305, WIRE_REFUSED, "the modem refuses the message as malformed"},
    {310, 310, WIRE_NOT_NOW, "no SIM in the modem"},
    {311, 312, WIRE_NOT_NOW, "the SIM asks for its PIN"},
    {313, 313, WIRE_NOT_NOW, "failure of the SIM"},
    {314, 314, WIRE_NOT_NOW, "the SIM is busy"},
    {315, 315, WIRE_NOT_NOW, "the wrong SIM"},
    {316, 318, WIRE_NOT_NOW, "the SIM asks for its PUK or second PIN"},
    {320, 321, WIRE_NOT_NOW, "failure of the message memory"},
    {322, 322, WIRE_NOT_NOW, "the message memory is full"},
    {330, 330, WIRE_NOT_NOW, "the service centre's number is unknown"},
    {331, 331, WIRE_NOT_NOW, "no network"},
    {332, 332, WIRE_IN_DOUBT, "the network did not answer"},
    {500, 500, WIRE_IN_DOUBT, "unknown error"},
};

enum wire_outcome
cms_outcome(int code, const char **words)
{
    for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
        if (code >= meanings[i].from && code <= meanings[i].to) {
            *words = meanings[i].words;
            return meanings[i].outcome;
        }
    *words = "an error that is no proof";
    return WIRE_IN_DOUBT;
}

bool
cms_is_sim_trouble(int code)
{
    return code == 310 || code == 311 || code == 312 || code == 313 || code == 315 ||
           code == 316;
}

bool
cms_is_of_the_modem(int code)
{
    return code <= 0 || code == 302 || code == 304 || code == 305 || code == 500;
}
